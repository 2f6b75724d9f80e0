using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>Sets how the runtimes of programs that tests start compile: in tiers, as by default. This process does not, and they would take its
/// setting over. They run for a second, most of which is compiling, so the first tier takes no profile for the second.</summary>
internal static class ChildRuntimes
{
    [ModuleInitializer]
#pragma warning disable CA2255 // a test assembly has no other place that comes before all tests
    internal static void Configure()
#pragma warning restore CA2255
    {
        Environment.SetEnvironmentVariable("DOTNET_TieredCompilation", "1"); // read when a runtime starts: not by this one
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
    }
}
