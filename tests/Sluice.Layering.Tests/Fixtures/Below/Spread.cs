namespace Sluice.Layering.Tests.Fixtures;

/// <summary>A type with parts in two folders.</summary>
internal static partial class Spread
{
    internal static int BelowField = 1;

    internal static int BelowMethod() => 1;
}

/// <summary>A type whose name no file has.</summary>
internal static partial class SpreadWithoutFile
{
    internal static int Value => 1;
}
