namespace Sluice;

/// <summary>The state that a stage has between two items, for those that start it for each key and would let it go.</summary>
internal enum KeptState
{
    /// <summary>It is not known to have none.</summary>
    Any,

    /// <summary>It has none.</summary>
    None,

    /// <summary>Open windows, whose watermark is that of all keys; none while no window is open.</summary>
    OpenWindows,
}
