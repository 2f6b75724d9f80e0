using System.Reflection;

namespace Sluice.Tests;

public sealed class ExceptionTypesTests
{
    [Fact]
    public void Exceptions_that_a_caller_can_see_are_public_types()
    {
        Type[] found = [.. from assembly in PublicApiTests.Libraries
                           from type in Assembly.Load(assembly).GetTypes()
                           where type.IsSubclassOf(typeof(Exception)) && !(type.IsPublic || type.IsNestedPublic)
                           select type];

        Assert.Empty(found.Select(static type => type.FullName));
    }
}
