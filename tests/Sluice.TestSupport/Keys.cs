namespace Sluice.Tests;

/// <summary>Keys that go where a test wants them.</summary>
internal static class Keys
{
    /// <summary>The first number that goes to this one of several parts.</summary>
    internal static int To(int part, int parts) => Enumerable.Range(0, int.MaxValue).First(key => StableHash.PartOf(key, parts) == part);

    /// <summary>One for each part.</summary>
    internal static int[] ToEach(int parts) => [.. Enumerable.Range(0, parts).Select(part => To(part, parts))];
}
