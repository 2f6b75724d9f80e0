using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>The pollers that a loop blocks in: waking, time, and on Linux descriptors.</summary>
public sealed class PollerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wake_up_ends_the_wait_and_one_that_came_before_ends_the_next(bool parking)
    {
        using var poller = parking ? new ParkingPoller() : Poller.Create();
        poller.Wait(0);
        poller.Wait(1);
        poller.Wake();
        poller.Wake();
        poller.Wait(-1);
        var waiting = Task.Factory.StartNew(() => poller.Wait(-1), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        poller.Wake();
        await Wait.For(waiting);
    }

    [Fact]
    public void A_watched_descriptor_tells_what_it_is_ready_for()
    {
        if (!EpollPoller.IsSupported)
        {
            return;
        }

        using var poller = Poller.Create();
        var (a, b) = Pair();
        using (a)
        using (b)
        {
            var handle = new Recorder();
            poller.Watch(Descriptor(a), handle, PollEvents.Read | PollEvents.PeerClosed);
            Assert.Equal(1, poller.Watched);
            poller.Wait(0);
            Assert.Empty(handle.Told);

            b.Send([1]);
            poller.Wait(-1);
            poller.Wait(-1); // it is a level
            Assert.Equal([PollEvents.Read, PollEvents.Read], handle.Told);

            handle.Told.Clear();
            poller.Change(Descriptor(a), handle, PollEvents.Write);
            poller.Wait(-1);
            Assert.Equal([PollEvents.Write], handle.Told);

            handle.Told.Clear();
            poller.Change(Descriptor(a), handle, PollEvents.Read | PollEvents.PeerClosed | PollEvents.OnChange);
            b.Shutdown(SocketShutdown.Send);
            poller.Wait(-1);
            poller.Wait(0); // told once
            Assert.Equal([PollEvents.Read | PollEvents.PeerClosed], handle.Told);

            poller.Unwatch(Descriptor(a), handle);
            Assert.Equal(0, poller.Watched);
            Assert.Throws<IOException>(() => poller.Unwatch(Descriptor(a), handle));
        }
    }

    [Fact]
    public void A_handle_that_is_unwatched_within_a_batch_is_not_told_nor_the_next_one_in_its_place()
    {
        if (!EpollPoller.IsSupported)
        {
            return;
        }

        using var poller = Poller.Create();
        var (a, b) = Pair();
        var (c, d) = Pair();
        var (e, f) = Pair();
        Socket[] all = [a, b, c, d, e, f];
        try
        {
            var later = new Recorder();
            Recorder one = new(), two = new();
            one.OnTold = () => Replace(c, two);
            two.OnTold = () => Replace(a, one);
            poller.Watch(Descriptor(a), one, PollEvents.Read);
            poller.Watch(Descriptor(c), two, PollEvents.Read);
            b.Send([1]);
            d.Send([1]);
            poller.Wait(-1);

            Assert.Equal(1, one.Told.Count + two.Told.Count);
            Assert.Empty(later.Told);

            void Replace(Socket socket, Recorder handle)
            {
                poller.Unwatch(Descriptor(socket), handle);
                poller.Watch(Descriptor(e), later, PollEvents.Read);
            }
        }
        finally
        {
            Array.ForEach(all, socket => socket.Dispose());
        }
    }

    private static int Descriptor(Socket socket) => (int)socket.Handle;

    /// <summary>Between Unix sockets what one end does is there at the other when the call returns.</summary>
    private static (Socket Left, Socket Right) Pair()
    {
        using var folder = new TemporaryFolder();
        var address = new UnixDomainSocketEndPoint(folder.PathOf("s"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        left.Connect(address);
        return (left, listener.Accept());
    }

    private sealed class Recorder : PolledHandle
    {
        internal List<PollEvents> Told { get; } = [];

        internal Action? OnTold { get; set; }

        internal override void OnReady(PollEvents events)
        {
            Told.Add(events);
            OnTold?.Invoke();
        }
    }
}
