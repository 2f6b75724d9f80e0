namespace Sluice;

/// <summary>What the run of a segment is connected with.</summary>
internal abstract class SegmentLinks
{
    /// <summary>Where its strand runs.</summary>
    internal abstract StrandHost Host { get; }

    internal abstract Inlet<T> InletOf<T>(int channel);

    internal abstract Outlet<T> OutletOf<T>(int channel);

    /// <summary>A node of it has failed, and this is where that is said first. Within the strand.</summary>
    internal abstract void Failed(Exception failure);
}
