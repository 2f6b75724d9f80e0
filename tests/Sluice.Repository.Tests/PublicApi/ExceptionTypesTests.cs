using System.Reflection;

namespace Sluice.Tests;

public sealed class ExceptionTypesTests
{
    /// <summary>They are caught where they are needed, and no caller ever sees one.</summary>
    private static readonly string[] s_inner = ["TokenLimitStream.PassedException"];

    [Fact]
    public void Exceptions_that_a_caller_can_see_are_public_types()
    {
        Type[] found = [.. from assembly in PublicApiTests.Libraries
                           from type in Assembly.Load(assembly).GetTypes()
                           where type.IsSubclassOf(typeof(Exception)) && !(type.IsPublic || type.IsNestedPublic)
                           select type];

        Assert.Equal(s_inner, found.Select(static type => type.IsNested ? $"{type.DeclaringType!.Name}.{type.Name}" : type.Name).Order(StringComparer.Ordinal));
    }
}
