using Microsoft.Extensions.Time.Testing;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Other sources of the library in jobs: where they go on.</summary>
public sealed class SourcePositionTests : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task Bytes_of_a_file_go_on_behind_each_item(int chunkSize)
    {
        var bytes = Enumerable.Range(0, 50).Select(static i => (byte)i).ToArray();
        var path = _folder.Write("bytes", bytes);
        for (var at = 0; at < bytes.Length; at += chunkSize)
        {
            var (items, started, marked) = (0, new TaskCompletionSource<JobRun<List<byte[]>>>(), new TaskCompletionSource<Task>());
            var job = Source.Bytes(path, chunkSize).Select(static piece => piece.ToArray()).SelectAsync(async (piece, cancellation) =>
            {
                await Task.Yield(); // lets the mark in
                if (items++ == at / chunkSize)
                {
                    marked.SetResult((await started.Task).CheckpointAsync(cancellationToken: cancellation));
                }

                return piece;
            }, 1, drain: true).To(Sink.ToList<byte[]>()).AsJob("job " + at, _store, new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "SelectAsync" } });
            var run = await job.StartAsync();
            started.SetResult(run);
            await Wait.For(marked.Task);
            await Wait.For(Task.WhenAny(await marked.Task));
            await run.DisposeAsync();

            Assert.Equal(bytes, (await job.RunAsync()).SelectMany(static piece => piece));
        }
    }

    [Fact]
    public async Task An_interval_goes_on_with_the_next_number_when_the_rest_of_its_time_has_passed()
    {
        var clock = new FakeTimeProvider();
        var seen = new List<long>();
        var job = Source.Interval(s_minute).Tap(seen.Add).Take(4).To(Sink.ToList<long>()).AsJob("ticks", _store, new() { Interval = Timeout.InfiniteTimeSpan, Run = new() { TimeProvider = clock } });
        var run = await job.StartAsync();
        await TickAsync(0);
        await TickAsync(1);
        clock.Advance(s_minute / 3);
        await Wait.For(run.CheckpointAsync()); // while it waits
        await run.DisposeAsync();
        clock.Advance(s_minute * 10); // nothing runs

        run = await job.StartAsync();
        await Wait.For(run.CheckpointAsync()); // the same again
        await run.DisposeAsync();
        run = await job.StartAsync();
        await Wait.Until(() => run.Nodes[0].State == "produces items", "the start");
        await Wait.For(run.CheckpointAsync());
        clock.Advance((s_minute * 2 / 3) - TimeSpan.FromSeconds(1));
        await Wait.For(run.CheckpointAsync());
        Assert.Equal([0, 1], seen);
        clock.Advance(TimeSpan.FromSeconds(2));
        await Wait.Until(() => seen.Count == 3, "tick 2");
        await TickAsync(3);

        Assert.Equal([0, 1, 2, 3], await Wait.For(run.Completion));
        Assert.Equal([0, 1, 2, 3], seen);

        Task TickAsync(int number) => Wait.Until(() =>
        {
            if (seen.Count == number)
            {
                clock.Advance(s_minute);
            }

            return seen.Count > number;
        }, "a tick");
    }

    [Fact]
    public async Task The_refusal_of_a_source_names_the_way_out()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Source.StandardInput().To(Sink.ToList<string>()).AsJob("job", _store).RunAsync());

        Assert.Contains("'StandardInput' does not know where it stands", error.Message, StringComparison.Ordinal);
        Assert.Contains("Source.Resumable", error.Message, StringComparison.Ordinal);
    }
}
