namespace Sluice;

/// <summary>The connections of a segment's run.</summary>
internal abstract class SegmentLinks
{
    /// <summary>The host of its strand.</summary>
    internal abstract StrandHost Host { get; }

    /// <summary>The number of the member of a pool that it is in; 0 in all other places.</summary>
    internal virtual int Part => 0;

    internal abstract Inlet<T> InletOf<T>(int channel);

    internal abstract Outlet<T> OutletOf<T>(int channel);

    /// <summary>A node of it has failed, and this is where that is said first. Within the strand.</summary>
    internal abstract void Failed(Exception failure);
}
