using Sluice.Durable;
using Sluice.Tests;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <summary>The rules of stores of checkpoints: who owns a job. Other parts of the suite are in files of their own.</summary>
public abstract partial class CheckpointStoreContract : IAsyncLifetime
{
    private const string Job = "sessions";

    private StorePlace _place = null!;
    private CheckpointStore _store = null!;

    /// <summary>Makes a place that is empty.</summary>
    /// <returns>The place.</returns>
    protected abstract Task<StorePlace> MakePlaceAsync();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _place = await MakePlaceAsync();
        _store = _place.Open();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Rule_15_A_new_job_has_epoch_1_and_no_checkpoint()
    {
        await using var session = await _store.OpenAsync(Job);

        Assert.Equal((1, null, JobSessionState.Open, false), (session.Epoch, session.Committed, session.State, session.IsFinished));
        Assert.Empty(await _store.ListCheckpointsAsync(Job));
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.OpenReaderAsync());
    }

    [Fact]
    public async Task Rule_15_A_job_that_runs_is_refused_and_the_error_names_its_owner()
    {
        await using var first = await _store.OpenAsync(Job);
        await using var other = _place.Open();

        var error = await Assert.ThrowsAsync<JobRunningException>(() => other.OpenAsync(Job));

        Assert.Contains($"process {Environment.ProcessId} on host {Environment.MachineName}", error.Message, StringComparison.Ordinal);
        Assert.Contains("TakeOver", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Job.Since, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        await CommitAsync(first, 0, "a"); // it is as before
    }

    [Fact]
    public async Task Rule_15_A_run_of_this_host_that_is_gone_is_followed_at_once()
    {
        var crashed = await _store.OpenAsync(Job);
        await CommitAsync(crashed, 0, "a");
        await crashed.DisposeAsync(); // as a crash: the job still has it as its owner
        Assert.Equal(JobStatus.Running, (await _store.FindJobAsync(Job))!.Status);

        await using var next = await _store.OpenAsync(Job);

        Assert.Equal((2, new CheckpointId(1, 0)), (next.Epoch, next.Committed));
        Assert.Contains("node a/0 = a", await ReadAsync(next));
    }

    [Fact]
    public async Task Rule_15_A_process_of_this_host_that_is_dead_is_followed_at_once()
    {
        var me = JobOwner.Create();
        await (await _store.OpenAsync(Job, new JobOpenOptions { Owner = me with { ProcessStart = me.ProcessStart - 1 }, Lease = TimeSpan.FromHours(1) })).DisposeAsync();

        await using var next = await _store.OpenAsync(Job);

        Assert.Equal(2, next.Epoch);
    }

    [Fact]
    public async Task Rule_15_A_run_of_another_host_that_is_gone_is_followed_when_its_lease_has_run_out()
    {
        var elsewhere = JobOwner.Create() with { Host = "elsewhere" };
        await (await _store.OpenAsync(Job, new JobOpenOptions { Owner = elsewhere, Lease = TimeSpan.FromHours(1) })).DisposeAsync();

        if (_place.KnowsEndedSessions)
        {
            await using var next = await _store.OpenAsync(Job);
            Assert.Equal(2, next.Epoch);
            return;
        }

        var error = await Assert.ThrowsAsync<JobRunningException>(() => _store.OpenAsync(Job));
        Assert.Contains("on host elsewhere", error.Message, StringComparison.Ordinal);
        await (await _store.OpenAsync(Job, new JobOpenOptions { Owner = elsewhere, Lease = TimeSpan.FromMilliseconds(1), TakeOver = true })).DisposeAsync();
        await using var after = await OpenWhenFreeAsync();
        Assert.Equal(3, after.Epoch);
    }

    [Fact]
    public async Task Rule_15_A_run_that_lives_and_renews_no_lease_is_taken_over_and_writes_nothing_more()
    {
        await using var frozen = await _store.OpenAsync(Job, new JobOpenOptions { Lease = TimeSpan.FromMilliseconds(1) });
        await CommitAsync(frozen, 0, "a");

        await using var next = await OpenWhenFreeAsync();

        await AssertIsTakenOverAsync(frozen, next);
    }

    [Fact]
    public async Task Rule_15_A_lease_that_is_renewed_keeps_others_out()
    {
        await using var session = await _store.OpenAsync(Job, new JobOpenOptions { Lease = TimeSpan.FromMilliseconds(1) });
        await using var longer = await _store.OpenAsync("another", new JobOpenOptions { Lease = TimeSpan.FromHours(1) });
        var before = (await _store.FindJobAsync("another"))!.LeaseEnd;

        await longer.RenewLeaseAsync();

        Assert.InRange((await _store.FindJobAsync("another"))!.LeaseEnd, before, before.AddHours(1));
        await Assert.ThrowsAsync<JobRunningException>(() => _store.OpenAsync("another"));
    }

    [Fact]
    public async Task Rule_14_A_run_that_was_taken_over_ends_and_writes_nothing_more()
    {
        await using var old = await _store.OpenAsync(Job);
        await CommitAsync(old, 0, "a");
        await old.WriteAsync(1, new CheckpointRows { Nodes = [Node("a", "old, uncommitted")] });

        await using var other = _place.Open();
        await using var next = await other.OpenAsync(Job, new JobOpenOptions { TakeOver = true });

        await AssertIsTakenOverAsync(old, next);
    }

    [Fact]
    public async Task Rule_14_The_first_word_of_a_newer_run_may_come_with_any_call()
    {
        foreach (var call in new Func<JobSession, Task>[]
        {
            static session => session.WriteAsync(1, new CheckpointRows { Nodes = [Node("a", "old")] }), static session => session.CommitAsync(new CheckpointCommit { Number = 1 }), static session => session.AbortAsync(1),
            static session => session.PruneAsync(), static session => session.RenewLeaseAsync(), static session => session.FinishAsync(default), static session => session.SuspendAsync(), static session => session.StopAsync(),
        })
        {
            await using var old = await _store.OpenAsync(Job, new JobOpenOptions { TakeOver = true });
            if (old.Committed is null)
            {
                await CommitAsync(old, 0, "a");
            }

            await using var next = await _store.OpenAsync(Job, new JobOpenOptions { TakeOver = true });
            var before = await _store.FindJobAsync(Job);

            var error = await Assert.ThrowsAsync<JobTakenOverException>(() => call(old));
            Assert.Equal((Job, old.Epoch, next.Epoch), (error.Job, error.Epoch, error.NewestEpoch));
            Assert.Equal(JobSessionState.TakenOver, old.State);
            Assert.Equal(before!.ComputeChecksum(), (await _store.FindJobAsync(Job))!.ComputeChecksum());
            Assert.Equal(["node a/0 = a", "position lines/ = 0"], await ReadAsync(_store, Job));
        }
    }

    [Fact]
    public async Task Rule_15_Of_many_runs_that_start_at_once_one_owns_the_job()
    {
        var stores = Enumerable.Range(0, 6).Select(_ => _place.Open()).ToList();
        var starts = await Task.WhenAll(stores.Select(store => Task.Run(async () =>
        {
            try
            {
                return await store.OpenAsync(Job);
            }
            catch (JobRunningException)
            {
                return null;
            }
        })));

        Assert.Single(starts, static session => session is not null);
        foreach (var session in starts.OfType<JobSession>())
        {
            await session.DisposeAsync();
        }

        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Rule_21_A_finished_job_gives_its_result_and_takes_no_epoch()
    {
        var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 0, "a");
        await session.FinishAsync(Utf8("42"));
        Assert.True(session.IsFinished);
        await session.DisposeAsync();

        await using var again = await _store.OpenAsync(Job);

        Assert.Equal((true, "42", JobSessionState.Ended, 1), (again.IsFinished, Text(again.Result), again.State, again.Epoch));
        Assert.Contains("node a/0 = a", await ReadAsync(again));
        await Assert.ThrowsAsync<InvalidOperationException>(() => again.WriteAsync(1, new CheckpointRows()));
    }

    [Fact]
    public async Task Rule_21_A_suspended_job_is_free_and_goes_on_from_its_last_checkpoint()
    {
        await using var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 0, "a");
        await session.SuspendAsync();
        Assert.Equal(JobStatus.Suspended, (await _store.FindJobAsync(Job))!.Status);

        await using var next = await _store.OpenAsync(Job);

        Assert.Equal((2, new CheckpointId(1, 0)), (next.Epoch, next.Committed));
        Assert.Equal(JobStatus.Running, (await _store.FindJobAsync(Job))!.Status);
    }

    private static Task CommitAsync(JobSession session, long number, string state, string? name = null) => session.CommitAsync(new CheckpointCommit
    {
        Number = number,
        Name = name,
        Rows = new CheckpointRows { Nodes = [Node("a", state)], Positions = [Position("lines", number.ToString(System.Globalization.CultureInfo.InvariantCulture))] },
    });

    private async Task<JobSession> OpenWhenFreeAsync()
    {
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); ;)
        {
            try
            {
                return await _store.OpenAsync(Job);
            }
            catch (JobRunningException) when (watch.Elapsed < Wait.Limit)
            {
                await Task.Yield(); // the lease is a millisecond
            }
        }
    }

    private async Task AssertIsTakenOverAsync(JobSession old, JobSession next)
    {
        await CommitAsync(next, 1, "b");
        var rows = await ReadAsync(_store, Job);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = await Assert.ThrowsAsync<JobTakenOverException>(() => CommitAsync(old, 1, "old"));
            Assert.Equal((old.Epoch, next.Epoch), (error.Epoch, error.NewestEpoch));
        }

        await Assert.ThrowsAsync<JobTakenOverException>(() => old.FinishAsync(default));
        Assert.Equal(rows, await ReadAsync(_store, Job));
        Assert.Equal([new CheckpointId(next.Epoch, 1), new CheckpointId(1, 0)], (await _store.ListCheckpointsAsync(Job)).Select(static info => info.Id));
        await CommitAsync(next, 2, "c");
    }
}
