namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Makes an observable that runs the source for each of its observers.</summary>
    /// <remarks>
    /// Each <c>Subscribe</c> is a run of its own, which starts on a pool thread, so that <c>Subscribe</c> returns at once. An
    /// observer is called by one thread at a time: with each item, and at the end, when every node of the run has ended, once with
    /// either completion or the run's first failure. While it handles an item the source waits. Disposing the
    /// subscription cancels the run without waiting for its end: a call that is in progress goes on, no further one follows.
    /// What the observer throws from <c>OnNext</c> fails the run and so comes to its <c>OnError</c>. What it throws from its last call,
    /// and a failure after it was disposed, has no one left to go to, and is an unobserved task exception
    /// (<see cref="TaskScheduler.UnobservedTaskException"/>). Thread safety: <c>Subscribe</c> and <c>Dispose</c> may be called from any thread.
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source.</param>
    /// <returns>The observable.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="source"/> is null.</exception>
    public static IObservable<T> AsObservable<T>(this Source<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new SourceObservable<T>(source);
    }

    private sealed class SourceObservable<T>(Source<T> source) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var subscription = new Subscription<T>(observer);
            _ = subscription.RunAsync(source.To(Sink.ForEach<T>(subscription.OnNext).Named("AsObservable")));
            return subscription;
        }
    }

#pragma warning disable CA1001 // a source without timer, link or wait handle holds nothing
    private sealed class Subscription<T>(IObserver<T> observer) : IDisposable
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _stop = new();
        private volatile bool _isDisposed; // a late reader makes one call more: that one was in progress then

        public void Dispose()
        {
            _isDisposed = true;
            _stop.Cancel();
        }

        internal void OnNext(T item)
        {
            if (!_isDisposed)
            {
                observer.OnNext(item);
            }
        }

        internal async Task RunAsync(Pipeline pipeline)
        {
            try
            {
                await Task.Run(() => pipeline.RunAsync(_stop.Token)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_isDisposed)
            {
                return;
            }
            catch (Exception error) when (!_isDisposed)
            {
                observer.OnError(error);
                return;
            }

            if (!_isDisposed)
            {
                observer.OnCompleted();
            }
        }
    }
}
