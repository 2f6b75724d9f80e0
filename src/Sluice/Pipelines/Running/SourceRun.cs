namespace Sluice;

/// <summary>What a built-in source works with.</summary>
/// <param name="Next">Where its items go.</param>
/// <param name="TimeProvider">The run's clock.</param>
/// <param name="Cancellation">Cancelled with the run, and when nobody takes the items any more.</param>
internal sealed record SourceRun<T>(Target<T> Next, TimeProvider TimeProvider, CancellationToken Cancellation)
{
    /// <summary>Sends the first items of an array, as a chunk where that is allowed: to one coroutine with no other
    /// sender (design, section 4). Returns early if they are not wanted any more.</summary>
    internal async Coroutine SendAll(T[] items, int count, long firstIndex)
    {
        if (Next is NodePort<T> port)
        {
            await port.SendChunkWithin(items, count, firstIndex, Cancellation);
            return;
        }

        for (var i = 0; i < count && !Next.IsClosed; i++)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Next.SendAsync(items[i]);
        }
    }
}
