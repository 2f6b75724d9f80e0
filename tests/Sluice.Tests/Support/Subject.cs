namespace Sluice.Tests;

/// <summary>An observable that the test pushes to by hand; one observer at a time.</summary>
internal sealed class Subject<T> : IObservable<T>, IDisposable
{
    private IObserver<T>? _observer;

    internal int Unsubscribed { get; private set; }

    internal Action<IObserver<T>>? OnSubscribe { get; init; }

    internal IObserver<T> Observer => _observer ?? throw new InvalidOperationException("Nobody has subscribed.");

    public IDisposable Subscribe(IObserver<T> observer)
    {
        _observer = observer;
        OnSubscribe?.Invoke(observer);
        return this;
    }

    public void Dispose() => Unsubscribed++;
}
