using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>What a built-in source works with.</summary>
/// <param name="Next">Where its items go.</param>
/// <param name="Run">The run that it is in.</param>
/// <param name="Cancellation">Cancelled with the run, and when nobody takes the items any more.</param>
internal sealed record SourceRun<T>(Target<T> Next, Run Run, CancellationToken Cancellation)
{
    /// <summary>A chunk's length at the most: between two chunks the source gives way.</summary>
    internal const int ChunkLength = 1024;

    /// <summary>Await this between two items: throws if the run was cancelled, and lets whatever else waits for the
    /// strand go first, so that a source which never waits for anything does not keep out everything else.</summary>
    internal GiveWayAwaitable GiveWay()
    {
        Cancellation.ThrowIfCancellationRequested();
        return new(Run.Strand);
    }

    /// <summary>Sends the first items of an array, as chunks where that is allowed: to one coroutine with no other
    /// sender and no other inbox (design, section 4). Returns early if they are not wanted any more.</summary>
    internal Coroutine SendAll(T[] items, int count, long firstIndex) => SendAll(items, 0, count, firstIndex);

    /// <summary>The same for a part of an array.</summary>
    internal async Coroutine SendAll(T[] items, int start, int end, long firstIndex)
    {
        while (start < end && !Next.IsClosed)
        {
            if (Next is NodePort<T> { TakesChunk: true } port)
            {
                var chunkEnd = Math.Min(start + ChunkLength, end);
                await port.SendChunkWithin(items, start, chunkEnd, firstIndex, Cancellation);
                start = chunkEnd;
            }
            else
            {
                await Next.SendAsync(items[start]);
                start++;
            }

            await GiveWay();
        }
    }

    /// <summary>Suspends the source behind what waits for the strand; does nothing if nothing waits.</summary>
    internal readonly struct GiveWayAwaitable(Strand strand) : ICriticalNotifyCompletion, IParkingAwaiter
    {
        public bool IsCompleted => !strand.HasEntries;

        public GiveWayAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        IParkingPlace? IParkingAwaiter.Place => null;

        void IParkingAwaiter.Park(Coroutine coroutine) => Suspending.Requeue(coroutine);

        public void OnCompleted(Action continuation) => throw new InvalidOperationException("Only a coroutine can give way.");

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}
