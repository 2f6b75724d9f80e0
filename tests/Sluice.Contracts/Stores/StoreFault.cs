namespace Sluice.Contracts;

/// <summary>The faults of a <see cref="FaultyCheckpointStore"/>.</summary>
public enum StoreFault
{
    /// <summary>None: the call is done.</summary>
    None,

    /// <summary>The call is not done, and fails.</summary>
    Before,

    /// <summary>The call is done, and its answer is lost.</summary>
    After,

    /// <summary>The call is done twice.</summary>
    Twice,

    /// <summary>The call fails, and is done all the same, before the call after the next one.</summary>
    Late,
}
