namespace Sluice;

/// <summary>A token that is cancelled once. Its source is made when the token is first asked for: most nodes never ask.</summary>
/// <remarks>Thread safety: all members may be called from any thread.</remarks>
internal sealed class LazyToken
{
    private CancellationTokenSource? _source; // set once; goes with the run, so it is not disposed
    private volatile bool _isCanceled;

    /// <summary>The token. The first call decides which <paramref name="outer"/> token cancels it too.</summary>
    internal CancellationToken TokenWith(CancellationToken outer)
    {
        if (Volatile.Read(ref _source) is { } known)
        {
            return known.Token;
        }

        var made = CancellationTokenSource.CreateLinkedTokenSource(outer);
        if (Interlocked.CompareExchange(ref _source, made, null) is { } first)
        {
            made.Dispose();
            return first.Token;
        }

        // Against Cancel on another thread: each writes, then reads what the other writes, with a full fence in between. So at
        // least one of the two cancels the source; twice does nothing.
        if (_isCanceled)
        {
            made.Cancel();
        }

        return made.Token;
    }

    /// <summary>Runs the callbacks of the token on this stack.</summary>
    /// <returns>What callbacks, which are the user's code, have thrown. Thrown on it would leave the end of a node half done.</returns>
    internal IReadOnlyList<Exception> Cancel()
    {
        _isCanceled = true;
        Interlocked.MemoryBarrier(); // see TokenWith
        try
        {
            Volatile.Read(ref _source)?.Cancel();
            return [];
        }
        catch (AggregateException thrown)
        {
            return thrown.InnerExceptions;
        }
    }
}
