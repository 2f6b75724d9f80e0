using System.Globalization;
using Sluice.Durable;
using Sluice.Tests;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <content>Rows: what counts at which checkpoint, and what is removed.</content>
public abstract partial class CheckpointStoreContract
{
    [Fact]
    public async Task Rule_15_Checkpoint_0_has_everything_that_was_written()
    {
        await using var session = await _store.OpenAsync(Job);
        await session.WriteAsync(0, new CheckpointRows { Graph = Utf8("lines -> count"), Nodes = [Node("count", "n=0"), Node("count", "n=1", part: 1), Node("ende\u0301 \U0001F600", "")] });
        await session.WriteAsync(0, new CheckpointRows { Keys = [Key("count", "a", "1", group: 7, due: 638000000000000000, order: 3, lastUse: long.MaxValue), Key("count", "", "2", group: 127)] });
        await session.CommitAsync(new CheckpointCommit
        {
            Number = 0,
            Rows = new CheckpointRows { Positions = [Position("lines", "12"), Position("lines", "13", "part-1")], Staged = [Staged("out", 1, "two"), Staged("out", 0, "one")] },
        });

        string[] expected =
        [
            "graph = lines -> count", "key count/127/ due  order 0 used 0 = 2", "key count/7/a due 638000000000000000 order 3 used 9223372036854775807 = 1", "node count/0 = n=0", "node count/1 = n=1",
            "node ende\u0301 \U0001F600/0 = ", "position lines/ = 12", "position lines/part-1 = 13", "staged out/0 = one", "staged out/1 = two",
        ];
        Assert.Equal(expected, await ReadAsync(session));
        await using var other = _place.Open();
        Assert.Equal(expected, await ReadAsync(other, Job));

        await using var reader = await session.OpenReaderAsync();
        Assert.Equal("1", Text((await reader.ReadKeyAsync("count", 7, Utf8("a")))!.State!.Value));
        Assert.Null(await reader.ReadKeyAsync("count", 8, Utf8("a")));
        Assert.Equal("n=1", Text((await reader.ReadNodeAsync("count", 1))!.State!.Value));
        Assert.Null(await reader.ReadNodeAsync("other"));
        Assert.Equal([7], await reader.ReadKeysAsync("count", 0, 126).Select(static key => key.Group).ToListAsync());
        Assert.Empty(await reader.ReadKeysAsync("other").ToListAsync());
        Assert.Equal(["one", "two"], await reader.ReadStagedAsync().Select(static row => Text(row.Output)).ToListAsync());
    }

    [Fact]
    public async Task Buffers_may_be_used_again_when_rows_are_written()
    {
        var buffer = new byte[] { 1, 2, 3, 4 };
        await using var session = await _store.OpenAsync(Job);
        await session.WriteAsync(0, new CheckpointRows { Nodes = [new NodeState { Node = "a", State = buffer.AsMemory(1, 2) }], Keys = [new KeyState { Node = "a", Group = 0, Key = buffer.AsMemory(0, 1), State = buffer.AsMemory(3) }] });
        buffer.AsSpan().Clear();
        await session.CommitAsync(new CheckpointCommit { Number = 0 });

        await using var reader = await session.OpenReaderAsync();
        Assert.Equal([2, 3], (await reader.ReadNodeAsync("a"))!.State!.Value.ToArray());
        var key = Assert.Single(await reader.ReadKeysAsync().ToListAsync());
        Assert.Equal([1], key.Key.ToArray());
        Assert.Equal([4], key.State!.Value.ToArray());
    }

    [Fact]
    public async Task Rule_23_Only_what_changed_is_written_and_the_newest_row_of_each_counts()
    {
        await using var session = await _store.OpenAsync(Job, new JobOpenOptions { Keep = 10 });
        await session.CommitAsync(new CheckpointCommit { Number = 0, Rows = new CheckpointRows { Graph = Utf8("g"), Nodes = [Node("a", "0"), Node("b", "0")], Keys = [Key("k", "x", "0"), Key("k", "y", "0")], Positions = [Position("s", "0"), Position("t", "0")] } });
        await session.CommitAsync(new CheckpointCommit { Number = 1, Rows = new CheckpointRows { Nodes = [Node("a", "1")], Keys = [Key("k", "x", "1"), Key("k", "z", "1")], Positions = [Position("s", "1")], Staged = [Staged("o", 0, "1")] } });
        await session.CommitAsync(new CheckpointCommit { Number = 2, Rows = new CheckpointRows { Nodes = [Node("b", null)], Keys = [Key("k", "x", null)], Positions = [Position("t", null)] } });
        await session.CommitAsync(new CheckpointCommit { Number = 5, Rows = new CheckpointRows { Keys = [Key("k", "x", "5")] } });

        Assert.Equal(["graph = g", "key k/0/x due  order 0 used 0 = 0", "key k/0/y due  order 0 used 0 = 0", "node a/0 = 0", "node b/0 = 0", "position s/ = 0", "position t/ = 0"], await ReadAsync(_store, Job, new(1, 0)));
        Assert.Equal(
            [
                "graph = g", "key k/0/x due  order 0 used 0 = 1", "key k/0/y due  order 0 used 0 = 0", "key k/0/z due  order 0 used 0 = 1", "node a/0 = 1", "node b/0 = 0", "position s/ = 1", "position t/ = 0", "staged o/0 = 1",
            ],
            await ReadAsync(_store, Job, new(1, 1)));
        Assert.Equal(["graph = g", "key k/0/y due  order 0 used 0 = 0", "key k/0/z due  order 0 used 0 = 1", "node a/0 = 1", "position s/ = 1"], await ReadAsync(_store, Job, new(1, 2)));
        Assert.Equal(["graph = g", "key k/0/x due  order 0 used 0 = 5", "key k/0/y due  order 0 used 0 = 0", "key k/0/z due  order 0 used 0 = 1", "node a/0 = 1", "position s/ = 1"], await ReadAsync(_store, Job));
    }

    [Fact]
    public async Task Checkpoints_beyond_the_number_to_keep_go_and_named_ones_stay_until_they_lose_their_name()
    {
        await using var session = await _store.OpenAsync(Job, new JobOpenOptions { Keep = 2 });
        for (var n = 0; n < 6; n++)
        {
            await CommitAsync(session, n, $"{n}", n == 1 ? "before-upgrade" : null);
            await session.PruneAsync();
        }

        Assert.Equal([(5, null), (4, null), (1, "before-upgrade")], (await _store.ListCheckpointsAsync(Job)).Select(static info => ((int)info.Id.Number, info.Name)));
        Assert.Contains("node a/0 = 1", await ReadAsync(_store, Job, new(1, 1)));
        await Assert.ThrowsAsync<ArgumentException>(() => _store.OpenReaderAsync(Job, new CheckpointId(1, 0)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(session, 6, "6", "before-upgrade"));
        await session.AbortAsync(6);

        Assert.True(await _store.UnnameAsync(Job, "before-upgrade"));
        Assert.False(await _store.UnnameAsync(Job, "before-upgrade"));
        await session.PruneAsync();
        Assert.Equal([5, 4], (await _store.ListCheckpointsAsync(Job)).Select(static info => info.Id.Number));
        await CommitAsync(session, 7, "7", "before-upgrade");
    }

    /// <summary>Random changes of keys, with aborted marks, crashes, names and removals; each kept checkpoint is compared with a model.</summary>
    [Fact]
    public Task Every_kept_checkpoint_stays_as_it_was_however_keys_change() => Seed.Run(20261, ChangeKeysAsync);

    private async Task ChangeKeysAsync(Random random)
    {
        var model = new Dictionary<CheckpointId, SortedDictionary<string, string>>();
        var current = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var session = await _store.OpenAsync(Job, new JobOpenOptions { Keep = 3 });
        for (var n = 0L; n < 60; n++)
        {
            var changed = new SortedDictionary<string, string>(current, StringComparer.Ordinal);
            var rows = new Dictionary<string, KeyState>();
            for (var i = random.Next(5); i > 0; i--)
            {
                var key = $"k{random.Next(8)}";
                var state = random.Next(3) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{n}.{i}");
                rows[key] = Key("k", key, state);
                if (state is null)
                {
                    changed.Remove(key);
                }
                else
                {
                    changed[key] = state;
                }
            }

            await session.WriteAsync(n, new CheckpointRows { Keys = rows.Values });
            switch (random.Next(6))
            {
                case 0:
                    await session.AbortAsync(n);
                    break;
                case 1:
                    await session.DisposeAsync();
                    session = await _store.OpenAsync(Job, new JobOpenOptions { Keep = 3 });
                    break;
                default:
                    await session.CommitAsync(new CheckpointCommit { Number = n, Name = random.Next(8) == 0 ? $"name{n}" : null });
                    current = changed;
                    model[session.Committed!.Value] = changed;
                    break;
            }

            if (random.Next(2) == 0)
            {
                await session.PruneAsync();
            }

            if (random.Next(10) == 0 && (await _store.ListCheckpointsAsync(Job)).FirstOrDefault(static info => info.Name is not null) is { } named)
            {
                await _store.UnnameAsync(Job, named.Name!);
            }

            foreach (var info in await _store.ListCheckpointsAsync(Job))
            {
                await using var reader = await _store.OpenReaderAsync(Job, info.Id);
                var found = await reader.ReadKeysAsync().ToDictionaryAsync(static row => Text(row.Key), static row => Text(row.State!.Value));
                Assert.Equal(model[info.Id], new SortedDictionary<string, string>(found, StringComparer.Ordinal));
            }
        }

        await session.DisposeAsync();
        Assert.InRange((await _store.ListCheckpointsAsync(Job)).Count, 3, 20);
    }

    [Fact]
    public async Task A_reader_sees_its_checkpoint_while_the_job_goes_on()
    {
        await using var session = await _store.OpenAsync(Job, new JobOpenOptions { Keep = 1 });
        await CommitAsync(session, 0, "0");
        await using var reader = await session.OpenReaderAsync();
        await CommitAsync(session, 1, "1");
        await session.PruneAsync();

        Assert.Equal(["node a/0 = 0", "position lines/ = 0"], await ReadAsync(reader));
        Assert.Equal(["node a/0 = 1", "position lines/ = 1"], await ReadAsync(session));
    }

    [Fact]
    public async Task Rule_19_Going_back_to_a_named_checkpoint_removes_what_came_after_it()
    {
        await using (var session = await _store.OpenAsync(Job))
        {
            await CommitAsync(session, 0, "0", "start");
            await CommitAsync(session, 1, "1", "later");
            await session.WriteAsync(2, new CheckpointRows { Keys = [Key("k", "x", "uncommitted")] });
        }

        var error = await Assert.ThrowsAsync<ArgumentException>(() => _store.OpenAsync(Job, new JobOpenOptions { RewindTo = "nowhere" }));
        Assert.Contains("later, start", error.Message, StringComparison.Ordinal);

        await using var back = await _store.OpenAsync(Job, new JobOpenOptions { RewindTo = "start" });
        Assert.Equal((new CheckpointId(1, 0), new CheckpointId(1, 1)), (back.Committed, back.RewoundFrom));
        Assert.Equal(["node a/0 = 0", "position lines/ = 0"], await ReadAsync(back));
        Assert.Equal([new CheckpointId(1, 0)], (await _store.ListCheckpointsAsync(Job)).Select(static info => info.Id));

        await back.CommitAsync(new CheckpointCommit { Number = 1, Name = "later", Rows = new CheckpointRows { Keys = [Key("k", "y", "1")] } });
        Assert.Equal(["key k/0/y due  order 0 used 0 = 1", "node a/0 = 0", "position lines/ = 0"], await ReadAsync(back));
    }
}
