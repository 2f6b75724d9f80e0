using Sluice.Durable;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <content>Commits and aborts, also when the answer of the store is lost, late or comes twice.</content>
public abstract partial class CheckpointStoreContract
{
    [Fact]
    public async Task Rule_14_Rows_count_when_their_mark_is_committed_and_not_before()
    {
        await using var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 0, "0");
        await session.WriteAsync(1, new CheckpointRows { Nodes = [Node("a", "1")] });
        Assert.Equal(["node a/0 = 0", "position lines/ = 0"], await ReadAsync(session));

        await session.CommitAsync(new CheckpointCommit { Number = 1, Time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2)) });

        Assert.Equal(["node a/0 = 1", "position lines/ = 0"], await ReadAsync(session));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), (await _store.ListCheckpointsAsync(Job))[0].Time);
    }

    [Fact]
    public async Task Rule_14_Rows_of_an_abandoned_mark_and_of_a_run_that_died_never_count()
    {
        var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 0, "0");
        await session.WriteAsync(1, new CheckpointRows { Nodes = [Node("a", "abandoned")], Keys = [Key("k", "k1", "at the abandoned mark")] });
        await session.AbortAsync(1);
        await session.WriteAsync(2, new CheckpointRows { Keys = [Key("k", "k1", "of the epoch that died")] });
        await session.DisposeAsync();

        await using var next = await _store.OpenAsync(Job);
        await next.WriteAsync(2, new CheckpointRows { Keys = [Key("k", "k2", "2")] });
        await next.CommitAsync(new CheckpointCommit { Number = 2 });

        Assert.Equal(["key k/0/k2 due  order 0 used 0 = 2", "node a/0 = 0", "position lines/ = 0"], await ReadAsync(next));
        Assert.Equal(new CheckpointId(2, 2), next.Committed);
    }

    [Fact]
    public async Task Rule_13f_Numbers_are_never_used_twice_and_one_mark_is_under_way_at_a_time()
    {
        await using var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 3, "3");
        await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(session, 3, "again"));
        await session.WriteAsync(4, new CheckpointRows { Nodes = [Node("a", "4")] });
        await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(session, 5, "5"));
        await session.AbortAsync(4);
        await session.AbortAsync(4); // the same again is nothing
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CommitAsync(session, 4, "again"));
        Assert.Contains("take 5 or more", error.Message, StringComparison.Ordinal);
        await CommitAsync(session, 5, "5");
        Assert.Equal(["node a/0 = 5", "position lines/ = 5"], await ReadAsync(session));
    }

    [Fact]
    public async Task Rule_14_A_commit_whose_answer_is_lost_is_done_and_is_not_done_twice()
    {
        await using var store = new FaultyCheckpointStore(_place.Open());
        await using var session = await store.OpenAsync(Job);
        store.Faults = static (_, name) => name == "commit" ? StoreFault.After : StoreFault.None;

        await CommitAsync(session, 0, "0");
        await CommitAsync(session, 1, "1");

        Assert.Equal(["commit", "resolve", "commit", "resolve"], store.Names.Where(static name => name is "commit" or "resolve"));
        Assert.Equal(["node a/0 = 1", "position lines/ = 1"], await ReadAsync(session));
    }

    [Fact]
    public async Task Rule_14_A_commit_that_did_not_arrive_is_tried_again()
    {
        await using var store = new FaultyCheckpointStore(_place.Open());
        await using var session = await store.OpenAsync(Job);
        var lost = 0;
        store.Faults = (_, name) => name == "commit" && lost++ < 2 ? StoreFault.Before : StoreFault.None;

        await CommitAsync(session, 0, "0");

        Assert.Equal(3, store.Names.Count(static name => name == "commit"));
        Assert.Equal(new CheckpointId(1, 0), session.Committed);
    }

    [Theory]
    [InlineData(StoreFault.Before)]
    [InlineData(StoreFault.After)]
    [InlineData(StoreFault.Late)]
    public async Task Rule_14_While_the_store_does_not_answer_nothing_is_decided(StoreFault commitFault)
    {
        await using var store = new FaultyCheckpointStore(_place.Open());
        await using var session = await store.OpenAsync(Job);
        await CommitAsync(session, 0, "0");
        store.Faults = (_, name) => name == "commit" ? commitFault : StoreFault.Before;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(session, 1, "1"));
        Assert.Equal(new CheckpointId(1, 0), session.Committed);

        // It is away for an hour: other calls find out nothing, and decide nothing.
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.AbortAsync(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.StopAsync());
        store.Faults = static (_, _) => StoreFault.None;
        await CommitAsync(session, 1, "1");
        await store.DeliverLateAsync();

        Assert.Equal(new CheckpointId(1, 1), session.Committed);
        await CommitAsync(session, 2, "2");
        Assert.Equal([2, 1, 0], (await _store.ListCheckpointsAsync(Job)).Select(static info => info.Id.Number));
        Assert.Equal(["node a/0 = 2", "position lines/ = 2"], await ReadAsync(session));
    }

    [Fact]
    public async Task Rule_14_A_mark_cannot_be_aborted_when_it_turns_out_that_it_is_committed()
    {
        await using var store = new FaultyCheckpointStore(_place.Open());
        await using var session = await store.OpenAsync(Job);
        store.Faults = static (_, name) => name == "commit" ? StoreFault.After : StoreFault.Before;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(session, 0, "0"));
        store.Faults = static (_, _) => StoreFault.None;

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.AbortAsync(0));

        Assert.Equal(new CheckpointId(1, 0), session.Committed);
        await CommitAsync(session, 1, "1");
    }

    /// <summary>The call of the store itself, as a network delivers it after an hour.</summary>
    [Fact]
    public async Task Rule_14_A_late_commit_counts_neither_after_its_outcome_was_read_nor_after_another_checkpoint()
    {
        var owner = JobOwner.Create();
        await using var storage = await _store.ClaimAsync(Job, new ClaimRequest(owner, TimeSpan.FromHours(1), TakeOver: false));
        Assert.True(await storage.CommitAsync(new CheckpointCommit { Number = 0 }, null, 0, default));
        var late = new CheckpointCommit { Number = 1, Rows = new CheckpointRows { Nodes = [Node("a", "late")] } };

        var record = await storage.ResolveAsync(1, default);
        Assert.Equal((new CheckpointId(1, 0), 1), (record.Checkpoint, record.Fence));
        Assert.False(await storage.CommitAsync(late, new CheckpointId(1, 0), 0, default));
        Assert.True(await storage.CommitAsync(new CheckpointCommit { Number = 2 }, new CheckpointId(1, 0), 1, default));
        Assert.False(await storage.CommitAsync(late, new CheckpointId(1, 0), 1, default));
        Assert.Equal(2, (await storage.ResolveAsync(2, default)).Fence);
        Assert.Equal(2, (await storage.ResolveAsync(1, default)).Fence); // a late one does not lower it

        Assert.Equal([2, 0], (await _store.ListCheckpointsAsync(Job)).Select(static info => info.Id.Number));
        Assert.Empty(await ReadAsync(_store, Job));
    }

    [Fact]
    public async Task Rule_14_Rows_that_are_delivered_twice_or_after_their_abort_do_no_harm()
    {
        await using var store = new FaultyCheckpointStore(_place.Open());
        await using var session = await store.OpenAsync(Job);
        store.Faults = static (_, name) => name == "write" ? StoreFault.Twice : StoreFault.None;
        await session.WriteAsync(0, new CheckpointRows { Nodes = [Node("a", "0")], Keys = [Key("k", "x", "0")], Positions = [Position("s", "0")], Staged = [Staged("o", 0, "0")] });
        store.Faults = static (_, name) => name == "write" ? StoreFault.After : StoreFault.None;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.WriteAsync(0, new CheckpointRows { Nodes = [Node("b", "0")] }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.CommitAsync(new CheckpointCommit { Number = 0 }));
        await session.AbortAsync(0);

        store.Faults = static (_, name) => name == "write" ? StoreFault.Late : StoreFault.None;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.WriteAsync(1, new CheckpointRows { Nodes = [Node("a", "late")] }));
        store.Faults = static (_, _) => StoreFault.None;
        await session.AbortAsync(1);
        await store.DeliverLateAsync();
        await CommitAsync(session, 2, "2");
        await session.PruneAsync();

        Assert.Equal(["node a/0 = 2", "position lines/ = 2"], await ReadAsync(session));
    }

    [Fact]
    public async Task A_failure_that_no_second_attempt_mends_is_thrown_and_the_session_goes_on()
    {
        await using var store = new FaultyCheckpointStore(_place.Open());
        await using var session = await store.OpenAsync(Job);
        await CommitAsync(session, 0, "0");
        store.Error = static () => new StoreFullException("The faulty store");
        store.Faults = static (_, name) => name == "commit" ? StoreFault.Before : StoreFault.None;

        var error = await Assert.ThrowsAsync<StoreFullException>(() => CommitAsync(session, 1, "1"));
        Assert.Contains("The last committed checkpoint is whole", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, store.Names.Count(static name => name == "commit"));
        await session.AbortAsync(1);

        store.Faults = static (_, _) => StoreFault.None;
        await CommitAsync(session, 2, "2");
        Assert.Equal(["node a/0 = 2", "position lines/ = 2"], await ReadAsync(session));
    }

    [Fact]
    public async Task Cancelled_commits_are_in_doubt_until_the_next_call()
    {
        await using var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 0, "0");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.CommitAsync(new CheckpointCommit { Number = 1 }, new CancellationToken(canceled: true)));

        await CommitAsync(session, 1, "1");

        Assert.Equal(new CheckpointId(1, 1), session.Committed);
    }

    [Fact]
    public async Task A_participant_of_another_database_is_refused_before_anything_is_written()
    {
        await using var session = await _store.OpenAsync(Job);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => session.CommitAsync(new CheckpointCommit { Number = 0, Participants = [new ForeignParticipant { Node = "table" }] }));

        Assert.Contains("Sink 'table'", error.Message, StringComparison.Ordinal);
        await CommitAsync(session, 0, "0");
    }

    private sealed class ForeignParticipant : CommitParticipant;
}
