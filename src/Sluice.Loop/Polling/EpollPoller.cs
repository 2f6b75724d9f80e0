using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>Waits on Linux: epoll for the descriptors, an eventfd for other threads.</summary>
internal sealed class EpollPoller : Poller
{
    /// <summary>The number of ready descriptors that one wait takes at the most; the others come with the next.</summary>
    private const int BatchSize = 256;

    /// <summary>The registration of the eventfd; all others are a generation and a slot.</summary>
    private const ulong WakeUp = ulong.MaxValue;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly byte[] _batch = new byte[BatchSize * Epoll.EventSize];

    /// <summary>The handles by slot, and for each slot how often it was given away: so a batch that still names an unwatched
    /// handle does not reach the next one in its slot.</summary>
    private readonly List<(PolledHandle? Handle, uint Generation)> _slots = [];
    private readonly Stack<int> _freeSlots = new();

    internal EpollPoller()
    {
        _epoll = Epoll.Checked(Epoll.Create(Epoll.CloseOnExec), "epoll_create1");
        try
        {
            _wakeUp = Epoll.Checked(Epoll.EventDescriptor(0, Epoll.CloseOnExec | Epoll.NonBlocking), "eventfd");
            Control(Epoll.Add, _wakeUp, PollEvents.Read, WakeUp);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal static bool IsSupported => OperatingSystem.IsLinux();

    internal override void Wait(int milliseconds)
    {
        var count = Epoll.Wait(_epoll, ref MemoryMarshal.GetArrayDataReference(_batch), BatchSize, milliseconds);
        if (count < 0)
        {
            if (Marshal.GetLastPInvokeError() == Epoll.Interrupted)
            {
                return; // by a signal: the loop looks at everything and waits again
            }

            Epoll.Checked(count, "epoll_wait");
        }

        for (var i = 0; i < count; i++)
        {
            CachePrefetch.Fetch(HandleOf(i + 2, count));
            HandleOf(i + 1, count)?.FetchAhead();
            var item = Item(i);
            var registration = Epoll.DataOf(item);
            if (registration == WakeUp)
            {
                Epoll.Read(_wakeUp, out _, sizeof(ulong)); // back to zero; that it is zero already is no error
            }
            else if (HandleOf(i, count) is { } handle && handle.Registration == registration)
            {
                handle.OnReady((PollEvents)Epoll.EventsOf(item));
            }
        }
    }

    internal override void Wake()
    {
        var one = 1UL;
        Epoll.Write(_wakeUp, in one, sizeof(ulong)); // fails only if it is full of wake-ups already
    }

    internal override void Watch(int descriptor, PolledHandle handle, PollEvents events)
    {
        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _slots.Count;
            _slots.Add(default);
        }

        var generation = _slots[slot].Generation + 1;
        var registration = ((ulong)generation << 32) | (uint)slot;
        try
        {
            Control(Epoll.Add, descriptor, events, registration);
        }
        catch
        {
            _freeSlots.Push(slot);
            throw;
        }

        _slots[slot] = (handle, generation);
        handle.Registration = registration;
        Watched++;
    }

    internal override void Change(int descriptor, PolledHandle handle, PollEvents events) =>
        Control(Epoll.Modify, descriptor, events, handle.Registration);

    internal override void Unwatch(int descriptor, PolledHandle handle)
    {
        Control(Epoll.Delete, descriptor, PollEvents.None, 0);
        var slot = (int)(uint)handle.Registration;
        _slots[slot] = (null, _slots[slot].Generation);
        _freeSlots.Push(slot);
        Watched--;
    }

    public override void Dispose()
    {
        if (_wakeUp > 0)
        {
            Epoll.Close(_wakeUp);
        }

        Epoll.Close(_epoll);
    }

    private Span<byte> Item(int i) => _batch.AsSpan(i * Epoll.EventSize, Epoll.EventSize);

    /// <summary>The watcher in the slot that an item of the batch names: the one that it is for, or the next one there. Null beyond the last.</summary>
    private PolledHandle? HandleOf(int i, int count)
    {
        var registration = i < count ? Epoll.DataOf(Item(i)) : WakeUp;
        return registration == WakeUp ? null : _slots[(int)(uint)registration].Handle;
    }

    private void Control(int operation, int descriptor, PollEvents events, ulong registration)
    {
        Span<byte> interest = stackalloc byte[16];
        Epoll.Set(interest, (uint)events, registration);
        Epoll.Checked(Epoll.Control(_epoll, operation, descriptor, ref MemoryMarshal.GetReference(interest)), "epoll_ctl");
    }
}
