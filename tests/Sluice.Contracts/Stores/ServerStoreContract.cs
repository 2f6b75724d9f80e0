using Sluice.Durable;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <summary>The rules of stores in a server: it is killed, and connections are cut at every request.</summary>
public abstract class ServerStoreContract : IAsyncLifetime
{
    private const string Job = "sessions";

    private ServerStorePlace _place = null!;
    private CheckpointStore _store = null!;

    /// <summary>Makes a place that is empty.</summary>
    /// <returns>The place.</returns>
    protected abstract Task<ServerStorePlace> MakePlaceAsync();

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
    public async Task Rule_22_A_server_that_is_killed_is_an_error_that_says_so_and_the_run_goes_on_when_it_is_back()
    {
        await using var session = await _store.OpenAsync(Job);
        await session.CommitAsync(new CheckpointCommit { Number = 0, Rows = new CheckpointRows { Nodes = [Node("a", "0")] } });
        await session.WriteAsync(1, new CheckpointRows { Nodes = [Node("a", "1")] });

        await _place.KillAsync();
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => session.CommitAsync(new CheckpointCommit { Number = 1 }));
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.AbortAsync(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => session.RenewLeaseAsync());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.ListJobsAsync());
        await using (var other = _place.Open())
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => other.OpenAsync("another"));
        }

        await _place.StartAsync();
        await session.CommitAsync(new CheckpointCommit { Number = 1 });
        await session.RenewLeaseAsync();
        Assert.Equal(["node a/0 = 1"], await ReadAsync(session));
        await Assert.ThrowsAsync<JobRunningException>(() => _store.OpenAsync(Job));
    }

    [Theory]
    [InlineData(ConnectionCut.BeforeRequest)]
    [InlineData(ConnectionCut.BeforeAnswer)]
    [InlineData(ConnectionCut.HalfOpen)]
    public async Task A_run_whose_connection_is_cut_at_any_request_ends_as_an_undisturbed_one(ConnectionCut cut)
    {
        // A second item takes the old checkpoints away too: once is enough.
        var items = cut == ConnectionCut.BeforeAnswer ? 2 : 1;
        var published = await SmallRun.RunAsync(_store, "clean", items, crash: false);
        var expected = await ReadAsync(_store, "clean");

        var at = 1;
        for (var hasCut = true; hasCut; at++)
        {
            await using var proxy = new CuttingProxy(_place.Port, at, cut);
            await using var store = _place.OpenBy(proxy.Port);
            var job = $"{cut} at {at}";
            var output = await SmallRun.RunAsync(store, job, items, crash: false);

            Assert.True(published.SequenceEqual(output), $"{job}: {string.Join(", ", output)}");
            Assert.Equal(expected, await ReadAsync(_store, job));
            hasCut = proxy.HasCut;
        }

        Assert.InRange(at, 20, 1000);
    }
}
