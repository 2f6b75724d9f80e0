namespace Sluice.Tests;

/// <summary>All places, by name; those whose pairs cost most come last.</summary>
internal static class Places
{
    private static readonly (string Name, Type Type, Func<Place> Create)[] s_all =
    [
        Entry<InlinePlace>(), Entry<CallerPlace>(), Entry<ThreadPlace>(), Entry<NarrowThreadPlace>(), Entry<ThreadPoolPlace>(), Entry<LoopPlace>(), Entry<KeyedPoolPlace>(), Entry<OrderedPoolPlace>(), Entry<TcpPlace>(), Entry<ProcessPlace>(),
    ];

    internal static IEnumerable<string> Names => s_all.Select(static place => place.Name);

    internal static string NameOf<TPlace>() => s_all.Single(static place => place.Type == typeof(TPlace)).Name;

    internal static Place Create(string name) => s_all.Single(place => place.Name == name).Create();

    private static (string Name, Type Type, Func<Place> Create) Entry<TPlace>()
        where TPlace : Place, new() => (typeof(TPlace).Name[..^nameof(Place).Length], typeof(TPlace), static () => new TPlace());
}
