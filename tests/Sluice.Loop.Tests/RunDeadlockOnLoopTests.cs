using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>A run that waits for what can never come is a deadlock of its loop; one that waits for something outside is none.</summary>
public sealed class RunDeadlockOnLoopTests
{
    private static readonly EventLoopOptions s_withSignals = new() { TimeProvider = new VirtualTime(), HandleSignals = true };

    [Fact]
    public void A_run_that_waits_for_what_never_comes_is_part_of_a_deadlock_that_names_its_nodes()
    {
        var error = Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () => await Never().RunAsync()));

        Assert.Contains("task 'pipeline Never to ForEach'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Never: produces items", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_is_a_run_that_nobody_waits_for() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () => { await using var run = await Never().StartAsync(); await run.Completion; }));

    [Fact]
    public void So_is_a_started_run_when_the_main_task_has_ended() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () => _ = await Never().StartAsync()));

    [Fact]
    public void So_is_a_run_that_several_tasks_wait_for() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static () => TaskGroup.RunAsync(static group =>
        {
            var run = Never().RunAsync();
            group.Start(() => run);
            group.Start(() => run);
            return run;
        })));

    [Fact]
    public void So_is_a_run_that_waits_for_a_queue_of_the_loop() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () =>
        {
            var queue = new LoopQueue<int>(name: "jobs");
            await Source.Create<int>(async (next, _) => await next.SendAsync(await queue.GetAsync())).To(Sink.Count<int>()).RunAsync();
        }));

    [Fact]
    public void So_is_a_run_with_a_part_on_a_thread() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () =>
            await Source.Create<int>(static async (_, token) => await new TaskCompletionSource().Task.WaitAsync(token)).On(Env.Thread()).Select(static n => n).On(Env.Caller).To(Sink.Count<int>()).RunAsync()));

    [Fact]
    public void A_deadlock_of_a_run_that_does_not_heed_its_token_ends_the_loop_all_the_same() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () =>
            await Source.Create<int>(static async (_, _) => await new TaskCompletionSource().Task).To(Sink.Count<int>()).RunAsync()));

    [Fact]
    public void Where_signals_are_handled_a_run_that_waits_without_a_token_or_for_the_loop_is_a_deadlock_too()
    {
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(
            static async () => await Source.Create<int>(static async (_, _) => await new TaskCompletionSource().Task).To(Sink.Count<int>()).RunAsync(), s_withSignals));
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(
            static async () => await Source.Create<int>(static async (_, _) => await new LoopQueue<int>().GetAsync()).To(Sink.Count<int>()).RunAsync(), s_withSignals));
    }

    public static TheoryData<string> WaitsForSignals => ["the source's token", "an inbox's token", "the scope's token", "the main task"];

    [Theory]
    [MemberData(nameof(WaitsForSignals))]
    public void Where_signals_are_handled_what_waits_with_a_token_waits_for_them(string which)
    {
        var begun = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => OnLoop.Run(
            async () =>
            {
                var loop = EventLoop.Current;
                _ = LooksSeveralTimes(loop, loop.CancelMain);
                begun++;
                await WaitAsync(which);
            },
            s_withSignals));
        Assert.Equal(1, begun);

        static Task WaitAsync(string which)
        {
            Func<CancellationToken, Task> wait = static token => Task.Delay(Timeout.Infinite, token);
            return which switch
            {
                "the source's token" => Source.Create<int>(async (_, token) => await wait(token)).To(Sink.Count<int>()).RunAsync(),
                "an inbox's token" => Source.From([1]).To(async items =>
                {
                    await items.ReceiveAsync();
                    await wait(items.Cancellation);
                }).RunAsync(),
                "the scope's token" => Source.Create<int>(async (_, _) => await wait(CancelScope.Current.Token)).To(Sink.Count<int>()).RunAsync(),
                _ => Both(),
            };

            async Task Both()
            {
                await using var run = await Source.Create<int>(static async (_, _) => await new LoopQueue<int>().GetAsync()).To(Sink.Count<int>()).StartAsync();
                await wait(CancelScope.Current.Token);
            }
        }
    }

    [Fact]
    public void A_run_that_waits_for_a_socket_is_no_deadlock() => NoDeadlock(async go =>
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        go(() => server.GetStream().Write("x"u8));
        return await Source.Create<int>(async (next, token) => await next.SendAsync(await client.GetStream().ReadAsync(new byte[1], token))).To(Sink.First<int>()).RunAsync();
    });

    [Fact]
    public void A_run_that_waits_for_another_thread_is_no_deadlock() => NoDeadlock(async go =>
    {
        var channel = Channel.CreateUnbounded<int>();
        go(() => channel.Writer.TryWrite(1));
        return await Source.From(channel.Reader).To(Sink.First<int>()).RunAsync();
    });

    [Fact]
    public void A_run_that_waits_for_a_part_on_a_thread_is_no_deadlock() => NoDeadlock(async go =>
    {
        using var gate = new ManualResetEventSlim();
        go(gate.Set);
        return await Source.From([1]).On(Env.Thread()).Select(n =>
        {
            Assert.True(gate.Wait(Wait.Limit), "the gate to be opened");
            return n;
        }).On(Env.Caller).To(Sink.First<int>()).RunAsync();
    });

    /// <summary>Ends the wait after the loop has looked several times whether it can end.</summary>
    private static void NoDeadlock(Func<Action<Action>, Task<int>> main)
    {
        var result = OnLoop.Run(() =>
        {
            var loop = EventLoop.Current;
            return main(go => _ = LooksSeveralTimes(loop, go));
        });
        Assert.Equal(1, result);
    }

    /// <summary>Has the loop come to rest until it has looked for a deadlock three times, which takes a collection each.</summary>
    private static Task LooksSeveralTimes(EventLoop loop, Action then) => Task.Run(async () =>
    {
        for (var collections = GC.CollectionCount(2); GC.CollectionCount(2) < collections + 3;)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.PostThreadSafe(turn.SetResult);
            await Wait.For(turn.Task, "a turn of the loop");
        }

        then();
    });

    private static Pipeline Never() => Source.Create<int>(Never).To(Sink.ForEach<int>(static _ => { }));

    private static async Coroutine Never(Target<int> next, CancellationToken cancellation) => await new TaskCompletionSource().Task.WaitAsync(cancellation);
}
