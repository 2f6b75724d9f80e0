using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>A cancellation ends a run while the other side says nothing, however long it may be silent: a worker process that is
/// stopped is killed, a connection that carries nothing is given up.</summary>
[Trait("Category", "Process")]
[Trait("Category", "Network")]
[Trait("Configuration", "Release")]
public sealed class SilentSideTests : IAsyncDisposable
{
    private static readonly TcpSecurity s_security = new() { Secret = "what both sides know" };

    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan s_third = TimeSpan.FromSeconds(0.1);

    /// <summary>Longer than the clock can go on while a test waits.</summary>
    private static readonly TimeSpan s_never = TimeSpan.FromDays(30);

    /// <summary>The clock of the connections; not of workers that are asked to end.</summary>
    private readonly FakeTimeProvider _time = new();

    private readonly Lookout _lookout = new();
    private readonly MarkedWorkers _workers = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<IDisposable> _connected = [];
    private readonly List<WorkerListener> _listeners = [];

    public async ValueTask DisposeAsync()
    {
        _workers.Kill(); // those that a failed test has left
        _lookout.Dispose();
        _connected.ForEach(static one => one.Dispose());
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        _cancellation.Dispose();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task A_worker_that_was_stopped_is_killed(int restarts, bool isFull)
    {
        var run = Start(Process(restarts), isFull);
        await _lookout.Hears("works");
        Stop();

        await AssertEnds(run);
    }

    [Fact]
    public async Task Workers_of_a_pool_that_were_stopped_are_killed()
    {
        var post = _lookout.Post;
        var pool = Env.Processes(3, static (int item) => item, _workers.Mark(new() { SilenceTimeout = Timeout.InfiniteTimeSpan, EndTimeout = s_end, StartupTimeout = Wait.Limit, Time = _time }));
        var run = Source.From(new Numbers().Endless()).On(pool).Through<int>((items, next) => Flow(items, next, post)).On(Env.Caller).To(Stages.Drain).RunAsync(_cancellation.Token);
        await _lookout.Hears("works");
        Stop();

        await AssertEnds(run);
    }

    [Fact]
    public async Task A_worker_that_was_stopped_while_it_starts_is_killed()
    {
        var run = Start(Process(0), isFull: false);
        await Wait.Until(() => _workers.Running.Count > 0, "a worker");
        Stop();

        await AssertEnds(run);
    }

    /// <summary>Not all stages wait for items yet.</summary>
    [Fact]
    public async Task A_worker_that_was_stopped_while_its_part_is_prepared_is_killed()
    {
        var run = Prepare(Process(0));
        await _lookout.Hears("is prepared");
        Stop();

        await AssertEnds(run);
    }

    [Fact]
    public async Task A_worker_that_is_stopped_after_the_cancellation_is_killed()
    {
        var run = Finally(Process(0));
        await _lookout.Hears("works");
        await _cancellation.CancelAsync();
        await _lookout.Hears("ends");
        Stop();

        await AssertEnds(run);
    }

    [Fact]
    public async Task A_worker_that_is_replaced_and_stopped_while_that_is_prepared_is_killed()
    {
        var (post, env) = (_lookout.Post, Process(1));
        var run = Source.From(new Numbers().Endless()).On(env).Through<int>((items, next) => AskFirst(items, next, post)).On(Env.Caller).To(Stages.Drain).RunAsync(_cancellation.Token);
        await _lookout.Hears("is prepared");
        _lookout.Allow("is prepared");
        await _lookout.Hears("works");
        _lookout.Deny("is prepared");
        _workers.Kill();
        await Wait.Until(() => _lookout.Heard.Count(static text => text == "is prepared") == 2, "the second worker to be prepared");
        Stop();

        await AssertEnds(run);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_carries_nothing_any_more_is_given_up(bool isFull)
    {
        var proxy = Proxy();
        var run = Start(Tcp(proxy.EndPoint), isFull);
        await _lookout.Hears("works");
        proxy.Deafen();

        await AssertEnds(run);
    }

    [Fact]
    public async Task A_connection_that_carries_nothing_any_more_while_the_part_is_prepared_is_given_up()
    {
        var proxy = Proxy();
        var run = Prepare(Tcp(proxy.EndPoint));
        await _lookout.Hears("is prepared");
        proxy.Deafen();

        await AssertEnds(run);
    }

    [Fact]
    public async Task A_connection_that_carries_nothing_any_more_after_the_cancellation_is_given_up()
    {
        var proxy = Proxy();
        var run = Finally(Tcp(proxy.EndPoint));
        await _lookout.Hears("works");
        await _cancellation.CancelAsync();
        await _lookout.Hears("ends");
        proxy.Deafen();

        await AssertEnds(run);
    }

    /// <summary>The client dials again and again.</summary>
    [Fact]
    public async Task A_connection_that_is_being_restored_is_given_up()
    {
        var proxy = Proxy();
        var run = Start(Tcp(proxy.EndPoint), isFull: false);
        await _lookout.Hears("works");
        proxy.Dispose();

        await AssertEnds(run);
    }

    [Fact]
    public async Task A_host_that_takes_the_connection_and_says_nothing_is_given_up()
    {
        var mute = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _connected.Add(mute);
        mute.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        mute.Listen();
        var run = Start(Tcp(mute.LocalEndPoint!), isFull: false);
        using var taken = await Wait.For(mute.AcceptAsync());

        await AssertEnds(run);
    }

    /// <summary>Passes on, and says when it has begun.</summary>
    private static async Coroutine Flow(Inbox<int> items, Target<int> next, Post post)
    {
        post.Say("works");
        await Stages.Pass(items, next);
    }

    /// <summary>Asks for leave to end.</summary>
    private static async Coroutine AskAtEnd(Inbox<int> items, Target<int> next, Post post)
    {
        try
        {
            var item = await items.ReceiveAsync();
            post.Say("works");
            await next.SendAsync(item);
            await Stages.Pass(items, next);
        }
        finally
        {
            post.Ask("ends");
        }
    }

    /// <summary>Asks for leave before it waits for items.</summary>
    private static async Coroutine AskFirst(Inbox<int> items, Target<int> next, Post post)
    {
        post.Ask("is prepared");
        var item = await items.ReceiveAsync();
        post.Say("works");
        await next.SendAsync(item);
        await Stages.Pass(items, next);
    }

    /// <summary>If it is full no one takes the items on this side, else there are few.</summary>
    private Task Start(Env env, bool isFull)
    {
        var post = _lookout.Post;
        var source = isFull ? Source.From(new Numbers().Endless()) : Source.Create<int>(static run => TurnParts.SendOneAndWait(run));
        var there = source.On(env).Through<int>((items, next) => Flow(items, next, post)).On(Env.Caller);
        return there.To(items => isFull ? Parts.Ask(items, post) : Stages.Drain(items)).RunAsync(_cancellation.Token);
    }

    private Task Prepare(Env env)
    {
        var post = _lookout.Post;
        return Source.From(new Numbers().Endless()).On(env).Through<int>((items, next) => AskFirst(items, next, post)).On(Env.Caller).To(Stages.Drain).RunAsync(_cancellation.Token);
    }

    private Task Finally(Env env)
    {
        var post = _lookout.Post;
        return Source.From(new Numbers().Endless()).On(env).Through<int>((items, next) => AskAtEnd(items, next, post)).On(Env.Caller).To(Stages.Drain).RunAsync(_cancellation.Token);
    }

    /// <summary>It is asked twice, and given up. While it is prepared there is a goodbye instead, which comes later and takes no longer.</summary>
    private async Task AssertEnds(Task run)
    {
        await _cancellation.CancelAsync();
        for (var thirds = 0; thirds < 3; thirds++)
        {
            _time.Advance(s_third);
        }

        await Wait.Until(() => Passes(run), "the run to end");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Empty(_workers.Running);
    }

    private bool Passes(Task run)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return run.IsCompleted;
    }

    private void Stop()
    {
        Assert.NotEmpty(_workers.Running);
        foreach (var worker in _workers.Running)
        {
            Signals.Send(worker, "STOP");
        }
    }

    private Env Process(int restarts) => Env.Process(_workers.Mark(new()
    {
        SilenceTimeout = Timeout.InfiniteTimeSpan,
        EndTimeout = s_end,
        StartupTimeout = Wait.Limit,
        MaxRestarts = restarts,
        Time = _time,
    }));

    private Env Tcp(EndPoint address) => Env.Tcp(address, new TcpOptions
    {
        Security = s_security,
        SilenceTimeout = Timeout.InfiniteTimeSpan,
        EndTimeout = s_end,
        ReconnectWindow = s_never,
        ConnectTimeout = s_never,
        Time = _time,
    });

    private CuttingProxy Proxy()
    {
        var listener = WorkerListener.Start(WireTestOptions.AnyPort, new WorkerListenerOptions { Security = s_security });
        var proxy = CuttingProxy.ThatCutsNothing(listener.LocalEndPoint);
        _listeners.Add(listener);
        _connected.Add(proxy);
        return proxy;
    }
}
