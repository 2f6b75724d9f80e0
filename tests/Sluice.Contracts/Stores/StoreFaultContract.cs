using System.Globalization;
using Sluice.Durable;
using Sluice.Tests;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <summary>The rules of stores on a disk: damage, versions, a full disk, locks, and other processes that are killed or frozen.</summary>
public abstract class StoreFaultContract : IAsyncLifetime
{
    private const string Job = "sessions";

    /// <summary>Half of all kills: there are two suites, one on SQLite and one on PostgreSQL.</summary>
    private static readonly int s_kills = (int.TryParse(Environment.GetEnvironmentVariable("SLUICE_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 60) / 2;

    private FaultyStorePlace _place = null!;
    private CheckpointStore _store = null!;

    /// <summary>Makes a place that is empty.</summary>
    /// <param name="small">True if it shall have little room, to be filled.</param>
    /// <returns>The place.</returns>
    protected abstract Task<FaultyStorePlace> MakePlaceAsync(bool small);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _place = await MakePlaceAsync(small: false);
        _store = _place.Open();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Theory]
    [InlineData(StoredKind.Node)]
    [InlineData(StoredKind.Key)]
    [InlineData(StoredKind.Position)]
    [InlineData(StoredKind.Staged)]
    public async Task A_flipped_bit_is_found_and_the_last_good_checkpoint_is_used_only_if_asked_for(StoredKind what)
    {
        await FillJobAsync();
        var good = await ReadAsync(_store, Job, new(1, 1));
        await _place.DamageAsync(what, 2);

        var error = await Assert.ThrowsAsync<StoreDamagedException>(() => ReadAsync(_store, Job));
        Assert.Contains("DamagePolicy.UseLastGood", error.Message, StringComparison.Ordinal);
        Assert.Equal((Job, new CheckpointId(1, 2)), (error.Job, error.Checkpoint));
        await using (var refused = await _store.OpenAsync(Job))
        {
            Assert.Equal(new CheckpointId(1, 2), refused.Committed);
            await Assert.ThrowsAsync<StoreDamagedException>(() => ReadAsync(refused));
        }

        await using var session = await _store.OpenAsync(Job, new JobOpenOptions { Damage = DamagePolicy.UseLastGood });

        Assert.Equal((new CheckpointId(1, 1), new CheckpointId(1, 2)), (session.Committed, session.RewoundFrom));
        Assert.Equal(good, await ReadAsync(session));
        await session.CommitAsync(new CheckpointCommit { Number = 2, Rows = new CheckpointRows { Nodes = [Node("a", "again")] } });
        Assert.Contains("node a/0 = again", await ReadAsync(session));
    }

    [Fact]
    public async Task A_store_that_is_whole_keeps_its_newest_checkpoint_also_if_the_last_good_one_is_asked_for()
    {
        await FillJobAsync();

        await using var session = await _store.OpenAsync(Job, new JobOpenOptions { Damage = DamagePolicy.UseLastGood });

        Assert.Equal((new CheckpointId(1, 2), null), (session.Committed, session.RewoundFrom));
    }

    [Fact]
    public async Task A_job_without_a_whole_checkpoint_is_refused()
    {
        await FillJobAsync();
        for (var number = 0; number < 3; number++)
        {
            await _place.DamageAsync(StoredKind.Node, number);
        }

        var error = await Assert.ThrowsAsync<StoreDamagedException>(() => _store.OpenAsync(Job, new JobOpenOptions { Damage = DamagePolicy.UseLastGood }));
        Assert.Contains("no checkpoint that is whole", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoredKind.Job)]
    [InlineData(StoredKind.Committed)]
    public async Task Damage_of_the_lists_is_found(StoredKind what)
    {
        await FillJobAsync();
        await _place.DamageAsync(what, what == StoredKind.Job ? -1 : 2);

        await Assert.ThrowsAsync<StoreDamagedException>(() => ReadAsync(_store, Job));
        await Assert.ThrowsAsync<StoreDamagedException>(async () =>
        {
            await using var session = await _store.OpenAsync(Job);
            await _store.ListCheckpointsAsync(Job);
        });
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused_and_not_changed()
    {
        await FillJobAsync();
        await _place.MakeNewerAsync();
        await using var other = _place.Open();

        foreach (var call in new Func<Task>[] { () => other.OpenAsync(Job), () => other.ListJobsAsync(), () => other.OpenReaderAsync(Job) })
        {
            var error = await Assert.ThrowsAsync<StoreVersionException>(call);
            Assert.Equal(error.Supported + 1000, error.Found);
        }
    }

    [Fact]
    public async Task Rule_22_A_full_disk_is_an_error_that_says_so_and_loses_nothing()
    {
        await DisposeAsync();
        _place = await MakePlaceAsync(small: true);
        _store = _place.Open();
        await FillJobAsync();
        await using var session = await _store.OpenAsync(Job);
        var before = await ReadAsync(session);
        var noise = Seed.Bytes(4000); // no database compresses it
        var big = Enumerable.Range(0, 4000).Select(i => new KeyState { Node = "big", Group = 0, Key = Utf8($"{i}"), State = noise }).ToList();
        await using (await _place.FillAsync())
        {
            await Assert.ThrowsAsync<StoreFullException>(() => session.WriteAsync(3, new CheckpointRows { Keys = big }));
            await session.AbortAsync(3);
            await Assert.ThrowsAsync<StoreFullException>(() => session.CommitAsync(new CheckpointCommit { Number = 4, Rows = new CheckpointRows { Keys = big } }));
            await session.AbortAsync(4);
            Assert.Equal(before, await ReadAsync(session));
        }

        await session.WriteAsync(5, new CheckpointRows { Keys = big });
        await session.CommitAsync(new CheckpointCommit { Number = 5, Rows = new CheckpointRows { Nodes = [Node("a", "5")] } });
        Assert.Contains("node a/0 = 5", await ReadAsync(session));
    }

    [Fact]
    public async Task Rule_22_A_locked_database_is_an_error_that_says_so_and_loses_nothing()
    {
        await FillJobAsync();
        await using var session = await _store.OpenAsync(Job);
        var before = await ReadAsync(session);
        await using (await _place.LockAsync(Job))
        {
            await Assert.ThrowsAsync<StoreLockedException>(() => session.WriteAsync(3, new CheckpointRows { Nodes = [Node("a", "3")] }));
            Assert.Equal(before, await ReadAsync(session));
        }

        await session.AbortAsync(3);
        await session.CommitAsync(new CheckpointCommit { Number = 4, Rows = new CheckpointRows { Nodes = [Node("a", "4")] } });
        Assert.Contains("node a/0 = 4", await ReadAsync(session));
    }

    [Fact]
    public async Task Rule_15_A_process_that_was_killed_is_followed_at_once()
    {
        await using var owner = OwnerProcess.Start(GetType().Assembly.Location, [_place.Address, Job]);
        await owner.CommitsAsync(3);
        await Assert.ThrowsAsync<JobRunningException>(() => _store.OpenAsync(Job));
        await owner.KillAsync();

        await using var session = await _store.OpenAsync(Job);

        Assert.Equal(2, session.Epoch);
        Assert.InRange(session.Committed!.Value.Number, 2, long.MaxValue);
        Assert.Equal([$"node count/0 = {session.Committed.Value.Number} of run 1"], await ReadAsync(session));
    }

    [Fact]
    public async Task A_process_that_was_frozen_writes_nothing_when_it_wakes_up()
    {
        await using var owner = OwnerProcess.Start(GetType().Assembly.Location, [_place.Address, Job]);
        await owner.CommitsAsync(3);
        await using var session = await TakeFromFrozenAsync(owner);
        var number = session.Committed!.Value.Number + 1;
        await session.CommitAsync(new CheckpointCommit { Number = number, Rows = new CheckpointRows { Nodes = [Node("count", "of run 2")] } });
        var rows = await ReadAsync(session);
        var job = await _store.FindJobAsync(Job);

        await owner.ThawAsync();

        var (exitCode, line) = await owner.EndAsync();
        Assert.Equal(StoreOwnerProgram.TakenOver, exitCode);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"run {session.Epoch} owns it now"), line, StringComparison.Ordinal);
        Assert.Equal(rows, await ReadAsync(session));
        Assert.Equal(job!.ComputeChecksum(), (await _store.FindJobAsync(Job))!.ComputeChecksum());
        await session.CommitAsync(new CheckpointCommit { Number = number + 1 });
    }

    /// <summary>Kills as many processes as it is told, over several jobs if each has ended before.</summary>
    [Fact]
    [Trait("Configuration", "Release")]
    public Task A_job_whose_process_is_killed_again_and_again_ends_as_an_undisturbed_one() => Seed.Run(1, async random =>
    {
        using var folder = new TemporaryFolder();
        var input = folder.PathOf("numbers.txt");
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, 3000).Select(static i => (2 * i).ToString(CultureInfo.InvariantCulture)));
        var whole = await KilledJobProgram.Make(input, isSlow: false).RunAsync();
        for (var (jobs, kills) = (0, 0); kills < s_kills; jobs++)
        {
            var (job, output) = (string.Create(CultureInfo.InvariantCulture, $"{Job} {jobs}"), folder.PathOf(string.Create(CultureInfo.InvariantCulture, $"result {jobs}.txt")));
            kills += await KilledSinksProgram.KillUntilFinishedAsync(GetType().Assembly.Location, [_place.Address, job, input, output], s_kills - kills, random);
            Assert.Equal(whole, await File.ReadAllLinesAsync(output));
        }
    });

    /// <summary>A process that is frozen in the middle of a transaction may hold a lock that no one can take from it: then it has to go on for a moment.</summary>
    private async Task<JobSession> TakeFromFrozenAsync(OwnerProcess owner)
    {
        for (var attempt = 0; ; attempt++)
        {
            await owner.FreezeAsync();
            try
            {
                return await _store.OpenAsync(Job, new JobOpenOptions { TakeOver = true });
            }
            catch (StoreLockedException) when (attempt < 20)
            {
                await owner.ThawAsync();
                await owner.CommitsAsync(1);
            }
        }
    }

    private async Task FillJobAsync()
    {
        await using var session = await _store.OpenAsync(Job);
        for (var number = 0; number < 3; number++)
        {
            await session.CommitAsync(new CheckpointCommit
            {
                Number = number,
                Rows = new CheckpointRows
                {
                    Nodes = [Node("a", $"state {number}")],
                    Keys = [Key("k", $"key {number}", $"state {number}")],
                    Positions = [Position("s", $"position {number}")],
                    Staged = [Staged("o", 0, $"output {number}")],
                },
            });
        }
    }
}
