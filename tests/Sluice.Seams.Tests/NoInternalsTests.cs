using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice.Seams.Tests;

/// <summary>Checks that no assembly shows its internals to this one. What the rest of this assembly proves holds only as long as no assembly of the library lets it see its internals.</summary>
public sealed class NoInternalsTests
{
    [Fact]
    public void No_assembly_of_the_library_shows_its_internals_here()
    {
        var here = typeof(NoInternalsTests).Assembly;
        string[] ofTests = ["Sluice.TestSupport", "Sluice.Contracts"]; // no part of the library: they see none of its internals either
        string[] without = [here.GetName().Name!, .. ofTests];
        var library = here.GetReferencedAssemblies().Where(name => name.Name!.StartsWith("Sluice", StringComparison.Ordinal) && !ofTests.Contains(name.Name)).Select(Assembly.Load).ToList();

        Assert.Contains(typeof(Source).Assembly, library);
        Assert.DoesNotContain(library.SelectMany(static assembly => assembly.GetCustomAttributes<InternalsVisibleToAttribute>()), friend => without.Contains(friend.AssemblyName.Split(',')[0]));
    }
}
