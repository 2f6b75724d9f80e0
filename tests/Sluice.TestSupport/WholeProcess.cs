namespace Sluice.Tests;

/// <summary>The collection of tests that measure or limit the whole process.</summary>
internal static class WholeProcess
{
    internal const string Name = "Whole process";
}
