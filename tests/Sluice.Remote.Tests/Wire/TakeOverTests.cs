namespace Sluice.Tests;

/// <summary>While application code runs on the reading thread, another thread reads.</summary>
[Trait("Category", "Network")]
public sealed class TakeOverTests
{
    private const byte Work = 20;
    private const byte Cancel = 21;

    [Fact]
    public async Task A_frame_is_heard_and_a_ping_answered_while_application_code_computes()
    {
        const int Rounds = 20;
        using var isCancelled = new SemaphoreSlim(0);
        using var isWorking = new SemaphoreSlim(0);
        using var hasWorked = new SemaphoreSlim(0);
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var hasWork = 0;
        var connection = new Connection(one);
        var order = new List<byte>();
        var heard = new Heard
        {
            OnReceived = (kind, _, payload) =>
            {
                if (kind == Work)
                {
                    order.Add(payload.ReadByte());
                    Volatile.Write(ref hasWork, 1);
                }
                else
                {
                    isCancelled.Release();
                }
            },
            OnBatchEnded = () =>
            {
                if (Interlocked.Exchange(ref hasWork, 0) == 1)
                {
                    isWorking.Release();
                    Assert.True(isCancelled.Wait(Wait.Limit), "Nothing was read while application code ran.");
                    hasWorked.Release();
                }
            },
        };
        connection.Start(heard);

        for (byte i = 0; i < Rounds; i++)
        {
            peer.Send(RawPeer.Frame(Work, 0, i));
            Assert.True(await isWorking.WaitAsync(Wait.Limit));
            peer.Send(RawPeer.Frame(FrameKind.Ping, 0));
            Assert.Equal(FrameKind.Pong, peer.Receive().Kind);
            peer.Send(RawPeer.Frame(Cancel, 0));
            Assert.True(await hasWorked.WaitAsync(Wait.Limit));
        }

        Assert.Equal(Enumerable.Range(0, Rounds).Select(i => (byte)i), order);
        Assert.True(connection.TakeOvers >= Rounds);
        peer.Send(RawPeer.Frame(FrameKind.Goodbye, 0));
        Assert.Null(await Wait.For(heard.End));
    }

    [Fact]
    public async Task Readers_that_come_back_late_do_not_disturb_the_order()
    {
        const int Count = 20_000;
        var (one, other) = SocketPair.Unix();
        var (a, b) = (new Connection(one), new Connection(other));
        var next = 0u;
        var batches = 0;
        var all = new Signal();
        using var later = new SemaphoreSlim(0);
        a.Start(new Heard());
        b.Start(new Heard
        {
            OnReceived = (_, _, payload) =>
            {
                Assert.Equal(next++, payload.ReadFixed32());
                later.Release();
                if (next == Count)
                {
                    all.Set();
                }
            },
            OnBatchEnded = () =>
            {
                // Every third batch stays away until others have been read, so several readers are away at the same time.
                if (Interlocked.Increment(ref batches) % 3 == 0)
                {
                    for (var i = 0; i < 20 && Volatile.Read(ref next) < Count; i++)
                    {
                        later.Wait(TimeSpan.FromMilliseconds(5));
                    }
                }
            },
        });
        await Wait.For(Task.Run(() =>
        {
            for (var i = 0u; i < Count; i++)
            {
                a.Begin(Work, 0).WriteFixed32(i);
                a.End();
                a.Flush();
            }
        }));
        await Wait.For(all.Task);
        a.Close();
        await Wait.For(Task.WhenAll(a.Ended, b.Ended));
    }

    [Fact]
    public async Task What_application_code_writes_after_a_take_over_goes_out_while_it_still_runs()
    {
        using var isDone = new SemaphoreSlim(0);
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        Connection? connection = null;
        var heard = new Heard
        {
            OnBatchEnded = () =>
            {
                for (byte i = 0; i < 3; i++)
                {
                    connection!.Begin(Work, 0).WriteByte(i);
                    connection.End();
                    Assert.True(isDone.Wait(Wait.Limit), "What was written was not sent.");
                }
            },
        };
        connection = new Connection(one);
        connection.Start(heard);
        peer.Send(RawPeer.Frame(Work, 0, 1));
        for (byte i = 0; i < 3; i++)
        {
            peer.Expect(Work, i);
            isDone.Release();
        }

        peer.Send(RawPeer.Frame(FrameKind.Goodbye, 0));
        Assert.Null(await Wait.For(heard.End));
    }

    /// <summary>A batch may bring something for several, the first of which stays: here each waits until the next one has had its turn.</summary>
    [Fact]
    public async Task What_a_batch_has_not_come_to_is_done_by_who_takes_over()
    {
        const int Count = 3;
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        using var isNext = new SemaphoreSlim(0);
        var done = 0;
        void Do()
        {
            if (Interlocked.Increment(ref done) < Count)
            {
                Assert.True(isNext.Wait(Wait.Limit), "No other thread did what waits.");
            }

            isNext.Release();
        }

        var heard = new Heard { OnBatchEnded = Do, OnTakenOver = Do };
        new Connection(one).Start(heard);
        peer.Send(RawPeer.Frame(Work, 0, 1));
        await Wait.Until(() => Volatile.Read(ref done) >= Count && isNext.CurrentCount > 0, "all to be done");
        peer.Send(RawPeer.Frame(FrameKind.Goodbye, 0));
        Assert.Null(await Wait.For(heard.End));
    }

    /// <summary>No one read any more if there was no thread to take over.</summary>
    [Fact]
    public async Task A_reader_that_no_thread_can_take_over_from_reads_on_when_it_comes_back()
    {
        const int Rounds = 3;
        var threads = new ScarceThreads { AreThere = true };
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var received = 0;
        var heard = new Heard
        {
            OnReceived = (_, _, _) => Interlocked.Increment(ref received),
            OnBatchEnded = () =>
            {
                var refused = threads.Refused;
                Assert.True(SpinWait.SpinUntil(() => threads.Refused > refused, Wait.Limit), "No thread was to take over.");
            },
        };
        new Connection(one, new ConnectionOptions { StartThread = threads.Start }).Start(heard);
        threads.AreThere = false;
        for (var round = 1; round <= Rounds; round++)
        {
            peer.Send(RawPeer.Frame(Work, 0, 1));
            await Wait.Until(() => Volatile.Read(ref received) == round && threads.Refused == round, $"frame {round} to be read, and no one to take over");
        }

        peer.Send(RawPeer.Frame(FrameKind.Goodbye, 0));
        Assert.Null(await Wait.For(heard.End));
    }

    [Fact]
    public async Task A_connection_that_no_thread_can_read_is_lost_at_once()
    {
        var threads = new ScarceThreads();
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var heard = new Heard();
        var connection = new Connection(one, new ConnectionOptions { StartThread = threads.Start });

        connection.Start(heard);

        Assert.Contains("no thread could be started to read it", (await Wait.For(heard.End))!.Message, StringComparison.Ordinal);
        await Wait.For(connection.Ended);
    }
}
