namespace Sluice.Contracts;

/// <summary>The environments of the core, which need nothing else: inline, the caller, a thread, a thread that holds one item, the thread pool,
/// pools of one thread, by key and in turns.</summary>
public class LocalPlaces : PlaceList
{
    /// <summary>Makes the list.</summary>
    public LocalPlaces()
    {
        Add<InlinePlace>();
        Add<CallerPlace>();
        Add<ThreadPlace>();
        Add<NarrowThreadPlace>();
        Add<ThreadPoolPlace>();
        Add<KeyedPoolPlace>();
        Add<OrderedPoolPlace>();
    }
}
