namespace Sluice.Tests;

/// <summary>All places; those whose pairs cost most come last.</summary>
public sealed class AllPlaces : LocalPlaces
{
    public AllPlaces()
    {
        Add<LoopPlace>();
        Add<TcpPlace>();
        Add<ProcessPlace>();
    }
}

/// <summary>The one list of <see cref="AllPlaces"/>.</summary>
internal static class Places
{
    private static readonly AllPlaces s_all = new();

    internal static IReadOnlyList<string> Names => s_all.Names;

    internal static Place Create(string name) => s_all.Create(name);
}
