namespace Sluice;

/// <summary>The writer of an inlet, as the reading segment sees it. Called within the reading segment's strand.</summary>
internal interface IInletPeer
{
    /// <summary>Gets whether the writer is in this process, so that something may come without anybody reading it first.</summary>
    bool IsNear { get; }

    /// <summary>The semaphore that the reader holds while it handles a batch; null if batches of several inlets may be under way at a time.</summary>
    SemaphoreSlim? Turns => null;

    /// <summary>Room for so many more.</summary>
    void Released(int count);

    /// <summary>Starts what feeds the writer, which waits for that: all that the reader feeds is open. Once at most.</summary>
    void Opened();

    /// <summary>Nothing more will be read; null if that is a normal end.</summary>
    void ReaderEnded(Exception? failure);

    /// <summary>Everything behind the inlet has ended.</summary>
    void Settled();
}
