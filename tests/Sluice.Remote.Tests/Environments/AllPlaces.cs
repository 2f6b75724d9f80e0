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

    /// <summary>Gets those that a source may be in.</summary>
    internal static IReadOnlyList<string> OfSources { get; } = Those(static place => place.TakesEnds);

    /// <summary>Gets those with nodes that may take items from several places.</summary>
    internal static IReadOnlyList<string> OfFanIns { get; } = Those(static place => place.TakesSeveralInputs);

    internal static Place Create(string name) => s_all.Create(name);

    private static string[] Those(Func<Place, bool> condition) => [.. Names.Where(name =>
    {
        using var place = Create(name);
        return condition(place);
    })];
}
