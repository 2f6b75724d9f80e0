namespace Sluice.Durable;

/// <summary>Asks a run for a checkpoint, behind which its sources wait until that is committed. Any thread.</summary>
internal sealed class CheckpointRequests : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0);

    internal void Ask() => _asked.Release();

    /// <summary>Waits until it is asked, or for some time.</summary>
    /// <returns>Whether it was asked since the last call.</returns>
    internal async Task<bool> WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = _asked.WaitAsync(enough.Token);
        try
        {
            await asked.WaitAsync(time, clock, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await enough.CancelAsync().ConfigureAwait(false);
            await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        var wasAsked = asked.IsCompletedSuccessfully;
        while (_asked.Wait(0, CancellationToken.None))
        {
            wasAsked = true; // all of them have the same checkpoint
        }

        return wasAsked;
    }

    public void Dispose() => _asked.Dispose();
}
