using Sluice.Durable;

namespace Sluice.Contracts;

/// <summary>A store around another one, which fails at chosen calls: before or after the call is done, or as a store that answers late or twice.</summary>
/// <remarks>Calls of <see cref="JobStorage"/> and claims are counted from 1, over all sessions. Thread safety: one call at a time.</remarks>
public sealed class FaultyCheckpointStore(CheckpointStore inner) : CheckpointStore
{
    private readonly List<(int DueAt, Func<Task> Call)> _late = [];

    /// <summary>The number of calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>The names of the calls so far, in order.</summary>
    public List<string> Names { get; } = [];

    /// <summary>The fault of a call, by its number and name.</summary>
    public Func<int, string, StoreFault> Faults { get; set; } = static (_, _) => StoreFault.None;

    /// <summary>The error of calls that fail. Default a lost connection.</summary>
    public Func<Exception> Error { get; set; } = static () => new StoreUnavailableException("The faulty store", "the connection was lost");

    /// <inheritdoc/>
    public override string Description => inner.Description;

    /// <inheritdoc/>
    public override async Task<JobStorage> ClaimAsync(string job, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        JobStorage? storage = null;
        await CallAsync("claim", async () =>
        {
            if (storage is not null)
            {
                await storage.DisposeAsync();
            }

            storage = await inner.ClaimAsync(job, request, cancellationToken);
        }, canRepeat: false, onLost: async () => await storage!.DisposeAsync());
        return new FaultyStorage(this, storage!);
    }

    /// <inheritdoc/>
    public override Task<JobRecord?> FindJobAsync(string job, CancellationToken cancellationToken = default) => inner.FindJobAsync(job, cancellationToken);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<JobRecord>> ListJobsAsync(CancellationToken cancellationToken = default) => inner.ListJobsAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(string job, CancellationToken cancellationToken = default) => inner.ListCheckpointsAsync(job, cancellationToken);

    /// <inheritdoc/>
    public override Task<CheckpointReader> OpenReaderAsync(string job, CheckpointId? checkpoint = null, CancellationToken cancellationToken = default) => inner.OpenReaderAsync(job, checkpoint, cancellationToken);

    /// <inheritdoc/>
    public override Task<bool> UnnameAsync(string job, string name, CancellationToken cancellationToken = default) => inner.UnnameAsync(job, name, cancellationToken);

    /// <summary>Does the calls that are late still.</summary>
    /// <returns>A task that completes when they are done. What they fail with went to no one, as an answer does whose receiver is gone.</returns>
    public Task DeliverLateAsync() => DeliverAsync(int.MaxValue);

    private async Task CallAsync(string name, Func<Task> call, bool canRepeat = true, Func<Task>? onLost = null)
    {
        Names.Add(name);
        var number = ++Calls;
        await DeliverAsync(number);
        switch (Faults(number, name))
        {
            case StoreFault.None:
                await call();
                break;
            case StoreFault.Before:
                throw Error();
            case StoreFault.After:
                await call();
                await (onLost?.Invoke() ?? Task.CompletedTask);
                throw Error();
            case StoreFault.Twice:
                await call();
                await (canRepeat ? call() : Task.CompletedTask);
                break;
            case StoreFault.Late when canRepeat:
                _late.Add((number + 2, call));
                throw Error();
            case StoreFault.Late:
                throw Error();
            default:
                throw new InvalidOperationException("An unknown fault.");
        }
    }

    private async Task DeliverAsync(int number)
    {
        foreach (var due in _late.Where(late => late.DueAt <= number).ToList())
        {
            _late.Remove(due);
            await Record.ExceptionAsync(due.Call); // no one waits for this answer
        }
    }

    private sealed class FaultyStorage(FaultyCheckpointStore store, JobStorage storage) : JobStorage
    {
        public override JobRecord Claimed => storage.Claimed;

        public override Task CleanAsync(long decided, CancellationToken cancellationToken) => store.CallAsync("clean", () => storage.CleanAsync(decided, cancellationToken));

        public override Task WriteAsync(CheckpointId id, Guid batch, CheckpointRows rows, CancellationToken cancellationToken) =>
            store.CallAsync("write", () => storage.WriteAsync(id, batch, rows, cancellationToken));

        public override async Task<bool> CommitAsync(CheckpointCommit commit, CheckpointId? previous, long fence, CancellationToken cancellationToken)
        {
            var changed = false;
            await store.CallAsync("commit", async () => changed = await storage.CommitAsync(commit, previous, fence, cancellationToken));
            return changed;
        }

        public override async Task<JobRecord> ResolveAsync(long fence, CancellationToken cancellationToken)
        {
            JobRecord? record = null;
            await store.CallAsync("resolve", async () => record = await storage.ResolveAsync(fence, cancellationToken));
            return record!;
        }

        public override Task PruneAsync(int keep, CancellationToken cancellationToken) => store.CallAsync("prune", () => storage.PruneAsync(keep, cancellationToken));

        public override Task RenewAsync(TimeSpan lease, CancellationToken cancellationToken) => store.CallAsync("renew", () => storage.RenewAsync(lease, cancellationToken));

        public override Task EndAsync(JobStatus status, ReadOnlyMemory<byte> result, CancellationToken cancellationToken) =>
            store.CallAsync("end", () => storage.EndAsync(status, result, cancellationToken));

        public override Task RewindAsync(CheckpointId id, CancellationToken cancellationToken) => store.CallAsync("rewind", () => storage.RewindAsync(id, cancellationToken));

        public override async Task<bool> ForgetAsync(string node, CancellationToken cancellationToken)
        {
            var any = false;
            await store.CallAsync("forget", async () => any |= await storage.ForgetAsync(node, cancellationToken));
            return any;
        }

        public override Task DeleteAsync(CancellationToken cancellationToken) => store.CallAsync("delete", () => storage.DeleteAsync(cancellationToken), canRepeat: false);

        public override bool Supports(CommitParticipant participant) => storage.Supports(participant);

        public override async ValueTask DisposeAsync()
        {
            await storage.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
