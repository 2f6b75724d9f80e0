using Sluice.Bytes;

namespace Sluice;

/// <summary>The place at which a source stands. Called within its strand.</summary>
internal interface ISourcePosition
{
    /// <summary>Writes where the source goes on.</summary>
    /// <param name="to">Takes the bytes.</param>
    /// <param name="handed">The number of items of the array that it sends now which were handed over; 0 between two arrays.</param>
    void Write(ByteSink to, int handed);
}

/// <summary>A position whose source learns that it is committed.</summary>
internal interface IReportedPosition : ISourcePosition
{
    /// <summary>The report to the source that the place at which it stands now is committed; null if it wants none. The report is made later, outside of the strand.</summary>
    /// <param name="handed">As in <see cref="ISourcePosition.Write"/>.</param>
    Func<CancellationToken, ValueTask>? ReportAt(int handed);
}
