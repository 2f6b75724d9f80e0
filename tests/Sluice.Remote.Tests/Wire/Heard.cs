namespace Sluice.Tests;

/// <summary>A handler that notes what it hears, and does what the test says.</summary>
internal sealed class Heard : IFrameHandler
{
    private readonly TaskCompletionSource<Exception?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _batches;
    private int _ends;

    internal Action<byte, int, ByteSource> OnReceived { get; init; } = static (_, _, _) => { };

    internal Action OnBatchEnded { get; init; } = static () => { };

    internal Action OnTakenOver { get; init; } = static () => { };

    internal Action OnEnd { get; init; } = static () => { };

    internal int Batches => Volatile.Read(ref _batches);

    /// <summary>The number of times that the end was told, which should be once at most.</summary>
    internal int Ends => Volatile.Read(ref _ends);

    /// <summary>The cause of the loss; null after a goodbye.</summary>
    internal Task<Exception?> End => _end.Task;

    public void Received(byte kind, int channel, ByteSource payload)
    {
        Assert.Equal(0, Ends);
        OnReceived(kind, channel, payload);
    }

    public void BatchEnded()
    {
        Interlocked.Increment(ref _batches);
        OnBatchEnded();
    }

    public void TakenOver() => OnTakenOver();

    public void Lost(Exception cause) => Ended(cause);

    public void Closed() => Ended(null);

    private void Ended(Exception? cause)
    {
        Interlocked.Increment(ref _ends);
        OnEnd();
        _end.TrySetResult(cause);
    }
}
