using System.Diagnostics.CodeAnalysis;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>The nodes of a checkpoint as people see them.</summary>
public sealed class StoredNodesTests : IDisposable
{
    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_source_says_where_it_stands()
    {
        var file = _folder.Write("file", string.Concat(Enumerable.Range(0, 600).Select(static line => $"line {line}\n")));

        await AssertStandsAsync("behind item 3", Source.From(new[] { "1", "2", "3", "4", "5" }).Named("source"), items: 3);
        await AssertStandsAsync("behind line 3, byte 21 of its file", Source.Lines(file).Named("source"), items: 3);
        await AssertStandsAsync("behind line 3, byte 21 of its file", Source.Lines(file, follow: true).Named("source"), items: 3);
        await AssertStandsAsync("behind byte 30 of its file", Source.Bytes(file, 10).Named("source").Select(static piece => $"{piece.Length}"), items: 3);
        await AssertStandsAsync("at 3", Source.Resumable<string, long>(0, static async run =>
        {
            while (run.Position < 10)
            {
                await run.SendAsync("item", run.Position + 1);
            }
        }).Named("source"), items: 3);
        await AssertStandsAsync("behind record 3 of its journal", Source.From(new[] { "1", "2", "3", "4" }).Journal(_folder.PathOf("journal")).Named("source"), items: 3);
        await AssertStandsAsync(@"before tick 1, 00:00:00\S* later", Source.Interval(TimeSpan.FromMilliseconds(1)).Named("source").Select(static tick => $"{tick}"), items: 1);
        await AssertStandsAsync("at Cursor {Page = 2, Row = \"b\"}", Source.Resumable<string, Cursor>(new(1, "a"), static async run =>
        {
            for (var page = 2; page < 10; page++)
            {
                await run.SendAsync("item", new(page, "b"));
            }
        }).Named("source"), items: 1);
    }

    [Fact]
    public async Task A_source_that_has_ended_or_not_begun_says_so()
    {
        await AssertAsync("has not begun", Source.From(new[] { "a", "b" }).Named("first").Concat(Source.From(new[] { "c" }).Named("source")), items: 1);
        await using (var first = await _store.OpenReaderAsync("job", new CheckpointId(1, 0)))
        {
            Assert.Equal("has not begun\n", await first.DescribeNodeAsync("first"));
        }

        await AssertAsync("has ended", Source.From(new[] { "a" }).Named("source").Concat(Source.From(new[] { "b", "c" })), items: 2);
        await using var reader = await _store.OpenReaderAsync("job");
        Assert.Null(await reader.DescribeNodeAsync("source", part: 1));
        Assert.Null(await reader.DescribeNodeAsync("none"));
    }

    [Fact]
    public async Task The_nodes_have_their_kinds_and_the_names_of_those_behind_them()
    {
        await Source.From(new[] { 1, 2 }).Named("numbers").Through(Stage.Broadcast(Stage.Select<int, int>(static item => -item).Named("minus"), Stage.Where<int>(static item => item > 1))).To(Sink.ToList<int>().Named("list")).AsJob("job", _store).RunAsync();

        await using var reader = await _store.OpenReaderAsync("job");
        var nodes = (await reader.ListNodesAsync()).ToDictionary(static node => node.Name);

        Assert.Equal((NodeKind.Source, true), (nodes["numbers"].Kind, nodes["numbers"].IsNamed));
        Assert.Equal((NodeKind.Operator, false), (nodes["Where"].Kind, nodes["Where"].IsNamed));
        Assert.Equal(["minus", "Where"], nodes[nodes["numbers"].Targets.Single()].Targets);
        Assert.Empty(nodes["list"].Targets);
    }

    [Fact]
    public async Task A_graph_that_cannot_be_read_is_damage_and_none_is_no_failure()
    {
        await using var session = await _store.OpenAsync("job");
        await session.CommitAsync(new CheckpointCommit { Number = 0 });
        await using (var none = await _store.OpenReaderAsync("job"))
        {
            Assert.Empty(await none.ListNodesAsync());
        }

        foreach (var (bytes, number) in new byte[][] { [5], [1, 2, 65, 0, 0, 1, 0, 9, 0], [0, 1, 7, 0, 0] }.Select(static (bytes, i) => (bytes, i + 1)))
        {
            await session.CommitAsync(new CheckpointCommit { Number = number, Rows = new CheckpointRows { Graph = bytes } });
            await using var reader = await _store.OpenReaderAsync("job");
            await Assert.ThrowsAsync<StoreDamagedException>(() => reader.ListNodesAsync());
        }
    }

    private Task AssertStandsAsync([StringSyntax(StringSyntaxAttribute.Regex)] string place, Source<string> source, int items) => AssertAsync($"stands {place}", source, items);

    /// <summary>Suspends the source behind so many items.</summary>
    private async Task AssertAsync([StringSyntax(StringSyntaxAttribute.Regex)] string text, Source<string> source, int items)
    {
        var (count, reached, release) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        await _store.DeleteJobAsync("job");
        var run = await source.SelectAsync(async (item, _) =>
        {
            if (++count == items)
            {
                reached.SetResult();
                await release.Task;
            }

            return item;
        }, 1, drain: true).To(Sink.ToList<string>()).AsJob("job", _store, new JobOptions { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "SelectAsync" } }).StartAsync();
        await Wait.For(reached.Task);
        var stopped = run.StopAsync(JobStop.Suspend);
        release.SetResult();
        await Wait.For(stopped);

        await using var reader = await _store.OpenReaderAsync("job");
        Assert.Matches($"^{text}\n$", await reader.DescribeNodeAsync("source"));
    }

    private sealed record Cursor(int Page, string Row);
}
