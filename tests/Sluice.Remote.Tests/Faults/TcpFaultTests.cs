using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Pipelines whose connection to a worker is cut, falls silent, or is not restored in time.</summary>
[Trait("Category", "Network")]
[Trait("Configuration", "Release")]
public sealed class TcpFaultTests : IAsyncDisposable
{
    private static readonly TcpSecurity s_security = new() { Secret = "what both sides know" };
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _time = new();
    private readonly Lookout _lookout = new();
    private readonly List<IAsyncDisposable> _workers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _lookout.Dispose();
    }

    [Theory]
    [InlineData(1, 400)] // many within the handshake
    [InlineData(2, 3000)]
    [InlineData(3, 20_000)]
    public Task A_pipeline_whose_connection_is_cut_again_and_again_loses_nothing_and_repeats_nothing(int seed, int maxBytes) => Seed.Run(seed, async _ =>
    {
        const int Count = 10_000;
        var time = new PauselessTime();
        using var proxy = new CuttingProxy(Listen().LocalEndPoint, 60, maxBytes, seed);
        while (true)
        {
            var (begun, env) = (false, Env.Tcp(proxy.EndPoint, new TcpOptions { Security = s_security, Capacity = 100, Time = time }));
            try
            {
                var output = await Wait.For(Source.From(Enumerable.Range(0, Count).Select(item =>
                {
                    begun = true;
                    return item;
                })).On(env).Through<int>(FaultyParts.Several).On(Env.Caller).To(Sink.ToList<int>()).RunAsync());
                Assert.Equal(await Source.From(Enumerable.Range(0, Count)).Through<int>(FaultyParts.Several).To(Sink.ToList<int>()).RunAsync(), output);
                break;
            }
            catch (Exception error) when (error is IOException or SocketException && !begun)
            {
                // It was cut before there was a session.
            }
        }

        Assert.True(proxy.Connections > 5, $"There were {proxy.Connections} connections.");
    });

    [Fact]
    public async Task A_connection_that_is_not_restored_within_the_window_fails_the_run_with_the_cause_and_ends_the_part_over_there()
    {
        var (proxy, run, numbers) = await RunThrough(Listen(window: s_short), window: s_short);

        proxy.Dispose();

        await AssertLost(run, numbers, "could not be restored within 0.5 seconds");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task A_connection_that_ends_or_is_reset_and_is_not_to_be_restored_fails_the_run(int seed) => Seed.Run(seed, async _ =>
    {
        using var proxy = new CuttingProxy(Listen(window: TimeSpan.Zero).LocalEndPoint, 1, 1_000_000, seed);
        var numbers = new Numbers();

        await AssertLost(Start(proxy.EndPoint, numbers, TimeSpan.Zero), numbers, "");
    });

    [Fact]
    public async Task A_connection_that_carries_nothing_any_more_is_lost_when_the_silence_has_lasted()
    {
        var (proxy, run, numbers) = await RunThrough(Listen(TimeSpan.Zero), TimeSpan.Zero, s_short);

        proxy.Deafen();
        await PassTime(run);

        await AssertLost(run, numbers, "has been silent for 0.5 seconds");
        proxy.Dispose();
    }

    [Fact]
    public async Task A_connection_that_carries_nothing_any_more_is_lost_over_there_too()
    {
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (proxy, run, numbers) = await RunThrough(Listen(TimeSpan.Zero, s_short, line => _ = line.Contains("has ended", StringComparison.Ordinal) && ended.TrySetResult(line)), TimeSpan.Zero);

        proxy.Deafen();
        await PassTime(ended.Task);

        Assert.Contains("has been silent for 0.5 seconds", await Wait.For(ended.Task), StringComparison.Ordinal);
        await AssertLost(run, numbers, "");
        proxy.Dispose();
    }

    [Fact]
    public async Task A_worker_that_is_ended_in_the_middle_fails_the_run_and_its_parts_end()
    {
        var worker = Listen();
        var numbers = new Numbers();
        var run = Start(worker.LocalEndPoint, numbers, s_short);
        await _lookout.Hears("flows");

        await Wait.For(worker.DisposeAsync());

        await AssertLost(run, numbers, "The worker ends.");
        Assert.Equal(0, worker.Parts);
    }

    /// <summary>Until the silence is over: the thread that looks for it may only begin to do so after some of it.</summary>
    private Task PassTime(Task until) => Wait.Until(
        () =>
        {
            _time.Advance(s_short);
            return until.IsCompleted;
        },
        "the end of the silence");

    /// <summary>Says when items have come, and when its finally block runs.</summary>
    private static async Coroutine Flow(Inbox<int> items, Target<int> next, Post post)
    {
        var count = 0;
        try
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
                if (++count == 5000)
                {
                    post.Say("flows");
                }
            }
        }
        finally
        {
            post.Say("finally");
        }
    }

    private async Task<(CuttingProxy Proxy, Task Run, Numbers Numbers)> RunThrough(WorkerListener worker, TimeSpan window, TimeSpan? silence = null)
    {
        var proxy = CuttingProxy.ThatCutsNothing(worker.LocalEndPoint);
        var numbers = new Numbers();
        var run = Start(proxy.EndPoint, numbers, window, silence);
        await _lookout.Hears("flows");
        return (proxy, run, numbers);
    }

    private Task<long> Start(EndPoint address, Numbers numbers, TimeSpan window, TimeSpan? silence = null)
    {
        var post = _lookout.Post;
        var env = Env.Tcp(address, new TcpOptions { Security = s_security, ReconnectWindow = window, SilenceTimeout = silence ?? TimeSpan.FromSeconds(15), Time = silence is null ? TimeProvider.System : _time });
        return Source.From(numbers.Endless()).On(env).Through<int>((items, next) => Flow(items, next, post)).On(Env.Caller).To(Sink.Count<int>()).RunAsync();
    }

    private async Task AssertLost(Task run, Numbers numbers, string why)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => Wait.For(run));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
        Assert.Equal(1, numbers.Ended);
        await _lookout.Hears("finally");
    }

    private WorkerListener Listen(TimeSpan? window = null, TimeSpan? silence = null, Action<string>? log = null)
    {
        var worker = WorkerListener.Start(WireTestOptions.AnyPort, new WorkerListenerOptions
        {
            Security = s_security,
            ReconnectWindow = window ?? TimeSpan.FromSeconds(30),
            SilenceTimeout = silence ?? TimeSpan.FromSeconds(15),
            Time = silence is null ? TimeProvider.System : _time,
            Log = log ?? (static _ => { }),
        });
        _workers.Add(worker);
        return worker;
    }
}
