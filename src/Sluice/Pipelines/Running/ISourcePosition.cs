using Sluice.Bytes;

namespace Sluice;

/// <summary>The place at which a source stands. Called within its strand.</summary>
internal interface ISourcePosition
{
    /// <summary>Writes where the source goes on.</summary>
    /// <param name="to">Takes the bytes.</param>
    /// <param name="handed">The number of items of the array that it sends now which were handed over; 0 between two arrays.</param>
    void Write(ByteSink to, int handed);

    /// <summary>The place of the item that is sent now, for its <see cref="IdempotencyKey"/>: the same whenever the item is sent, and no other item's. Null: its items have none.</summary>
    /// <remarks>It does not depend on how the source was read: not on blocks, chunks and pages, nor on where a run began.</remarks>
    /// <param name="handed">As in <see cref="Write"/>: the number of items of the array that come before it.</param>
    string? PlaceOf(int handed) => null;

    /// <summary>What is to be told when the place at which the source stands now is committed; null if nothing is.</summary>
    /// <param name="handed">As in <see cref="Write"/>.</param>
    ICommitListener? ListenerAt(int handed) => null;

    /// <summary>Gets whether a run that goes on behind the source's end has to be told of its last position too: the run before may have ended between the commit and that.</summary>
    bool IsToldAfterEnd => false;
}
