namespace Sluice;

/// <summary>Waits on any system, for time and for other threads. It watches no descriptors: there a loop's sockets are those of
/// .NET, which wake it.</summary>
internal sealed class ParkingPoller : Poller
{
    private readonly SemaphoreSlim _woken = new(0);

    internal override void Wait(int milliseconds)
    {
        if (_woken.Wait(milliseconds))
        {
            while (_woken.Wait(0))
            {
            }
        }
    }

    internal override void Wake() => _woken.Release();

    internal override void Watch(int descriptor, PolledHandle handle, PollEvents events) => throw NotSupported();

    internal override void Change(int descriptor, PolledHandle handle, PollEvents events) => throw NotSupported();

    internal override void Unwatch(int descriptor, PolledHandle handle) => throw NotSupported();

    public override void Dispose() => _woken.Dispose();

    private static PlatformNotSupportedException NotSupported() => new("Descriptors are watched on Linux only.");
}
