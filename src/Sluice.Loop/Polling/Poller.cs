namespace Sluice;

/// <summary>Kinds of readiness that a descriptor has, or is watched for.</summary>
[Flags]
internal enum PollEvents : uint
{
    None = 0,

    /// <summary>There is something to read, to accept, or the end.</summary>
    Read = 0x001,

    /// <summary>There is something urgent: a read stops at its mark.</summary>
    Urgent = 0x002,

    /// <summary>There is room to write, or a connect is decided.</summary>
    Write = 0x004,

    /// <summary>An error is there to be fetched. Reported whether watched for or not.</summary>
    Error = 0x008,

    /// <summary>Both directions are down. Reported whether watched for or not.</summary>
    HangUp = 0x010,

    /// <summary>The peer writes no more.</summary>
    PeerClosed = 0x2000,

    /// <summary>For watching only: report changes, not states. The watcher reads or writes until it would block.</summary>
    OnChange = 0x8000_0000,
}

/// <summary>Watches a descriptor.</summary>
internal abstract class PolledHandle
{
    /// <summary>Its slot. Owner: the poller.</summary>
    internal ulong Registration { get; set; }

    /// <summary>The descriptor is ready. On the loop's thread, within the poll: makes waiters ready and runs no user code.
    /// May be told without success. May watch, change and unwatch any descriptor.</summary>
    internal abstract void OnReady(PollEvents events);

    /// <summary>It will be told in a moment: what that touches may be fetched.</summary>
    internal virtual void FetchAhead()
    {
    }
}

/// <summary>The one place where a loop blocks.</summary>
/// <remarks>Thread safety: everything belongs to the loop's thread, except <see cref="Wake"/>. The loop calls it only while it is
/// about to wait or waits, and never after <see cref="Dispose"/>.</remarks>
internal abstract class Poller : IDisposable
{
    /// <summary>The number of descriptors that are watched.</summary>
    internal int Watched { get; private protected set; }

    /// <summary>The best one of this system.</summary>
    internal static Poller Create() => EpollPoller.IsSupported ? new EpollPoller() : new ParkingPoller();

    /// <summary>Waits until a watched descriptor is ready, <see cref="Wake"/> was called since the last wait, or the time is over;
    /// then calls the handles of a batch of ready descriptors.</summary>
    /// <param name="milliseconds">0 looks without waiting, -1 waits forever.</param>
    internal abstract void Wait(int milliseconds);

    /// <summary>Ends the current wait, or the next one. From any thread; several calls are one.</summary>
    internal abstract void Wake();

    /// <summary>Begins to watch a descriptor, once for each descriptor.</summary>
    /// <exception cref="PlatformNotSupportedException">Thrown: this poller watches none.</exception>
    /// <exception cref="IOException">Thrown: the system refuses it.</exception>
    internal abstract void Watch(int descriptor, PolledHandle handle, PollEvents events);

    /// <summary>Watches for something else; <see cref="PollEvents.None"/> leaves errors and hang-ups.</summary>
    internal abstract void Change(int descriptor, PolledHandle handle, PollEvents events);

    /// <summary>Stops watching; before the descriptor is closed. The handle is not told of anything any more, not even of what
    /// stands in the current batch.</summary>
    internal abstract void Unwatch(int descriptor, PolledHandle handle);

    public abstract void Dispose();
}
