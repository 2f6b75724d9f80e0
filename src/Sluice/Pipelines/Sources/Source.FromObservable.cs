using System.Threading.Channels;

namespace Sluice;

public static partial class Source
{
    /// <summary>Produces what an observable pushes, through a buffer: an observable does not wait by itself.</summary>
    /// <remarks>
    /// Each run subscribes once, on the thread that starts the run and before anything is awaited, and unsubscribes when it
    /// ends, for any reason; what is in the buffer then is dropped, and what comes later is ignored. The observable's
    /// completion ends the source behind the items in the buffer. An observable that pushes everything from within its
    /// <c>Subscribe</c> fills the buffer before the pipeline takes the first item, and cannot be cancelled in that time: have it
    /// subscribed elsewhere (<c>SubscribeOn</c>). With <see cref="OnFull.Wait"/> the thread that pushes is blocked; a thread
    /// that is inside this very run, where waiting would be forever, fails the run instead. Thread safety: the observable may
    /// push from any threads.
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The observable. Its error fails the run, after the items in the buffer; so does what its
    /// <c>Subscribe</c> and <c>Dispose</c> throw, at once.</param>
    /// <param name="capacity">How many items the buffer holds; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item that the buffer has no room for. Default <see cref="OnFull.Fail"/>: no item
    /// is lost without being told.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="items"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1, or
    /// <paramref name="onFull"/> is none of the choices.</exception>
    public static Source<T> From<T>(IObservable<T> items, int capacity, OnFull onFull = OnFull.Fail)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!Enum.IsDefined(onFull))
        {
            throw new ArgumentOutOfRangeException(nameof(onFull), onFull, "There is no such choice.");
        }

        return Create<T>(run => FromObservable(run, items, capacity, onFull), "From");
    }

    private static async Coroutine FromObservable<T>(SourceRun<T> run, IObservable<T> items, int capacity, OnFull onFull)
    {
        var buffer = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity)
        {
            SingleReader = true,
            FullMode = onFull switch
            {
                OnFull.DropOldest => BoundedChannelFullMode.DropOldest,
                OnFull.DropNewest => BoundedChannelFullMode.DropWrite,
                _ => BoundedChannelFullMode.Wait,
            },
        });
        IDisposable? subscription = null;
        try
        {
            subscription = items.Subscribe(new BufferingObserver<T>(buffer.Writer, capacity, onFull == OnFull.Wait, run.Run.Strand));
            await FromChannel(run, buffer.Reader, position: null); // it is subscribed to again
        }
        finally
        {
            buffer.Writer.TryComplete(); // first: a thread that waits for room must be let go before it can be unsubscribed
            subscription?.Dispose();
        }
    }

    /// <summary>Writes into the buffer. The channel is what several threads share; the rest does not change.</summary>
    private sealed class BufferingObserver<T>(ChannelWriter<T> buffer, int capacity, bool waits, Strand strand) : IObserver<T>
    {
        public void OnNext(T value)
        {
            if (buffer.TryWrite(value))
            {
                return;
            }

            if (!waits)
            {
                Fail("Give it more room, or choose another OnFull.");
            }
            else if (strand.IsHeldHere)
            {
                Fail("Its thread is inside the run that it would wait for: have it subscribed, or pushed to, elsewhere.");
            }
            else
            {
                WaitToWrite(value);
            }
        }

        public void OnError(Exception error) => buffer.TryComplete(error);

        public void OnCompleted() => buffer.TryComplete();

        private void WaitToWrite(T value)
        {
            while (buffer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                if (buffer.TryWrite(value))
                {
                    return;
                }
            }
        }

        private void Fail(string advice) => buffer.TryComplete(new InvalidOperationException($"The observable produced an item when {capacity} were waiting already. {advice}"));
    }
}
