namespace Sluice.Durable;

/// <summary>A store in a database: what is the same in all of them.</summary>
internal abstract class SqlCheckpointStore : CheckpointStore
{
    public override Task<JobRecord?> FindJobAsync(string job, CancellationToken cancellationToken = default) => ReadAsync<JobRecord?>(null, async transaction =>
        (await SqlJobs.FindAsync(transaction, job, "", cancellationToken).ConfigureAwait(false))?.Record, cancellationToken);

    public override Task<IReadOnlyList<JobRecord>> ListJobsAsync(CancellationToken cancellationToken = default) =>
        ReadAsync<IReadOnlyList<JobRecord>>([], transaction => SqlJobs.ListAsync(transaction, cancellationToken), cancellationToken);

    public override Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(string job, CancellationToken cancellationToken = default) => ReadAsync<IReadOnlyList<CheckpointInfo>>([], async transaction =>
        await SqlJobs.FindAsync(transaction, job, "", cancellationToken).ConfigureAwait(false) is { } found
            ? await SqlJobs.ListCheckpointsAsync(transaction, found, cancellationToken).ConfigureAwait(false)
            : [],
        cancellationToken);

    public override async Task<CheckpointReader> OpenReaderAsync(string job, CheckpointId? checkpoint = null, CancellationToken cancellationToken = default)
    {
        if (await BeginReadAsync(cancellationToken).ConfigureAwait(false) is not { } transaction)
        {
            throw new ArgumentException($"{Description} has no checkpoint of job '{job}'.", nameof(job));
        }

        try
        {
            return await SqlCheckpointReader.OpenAsync(transaction, job, checkpoint, Description, Translate, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await EndAsync(transaction).ConfigureAwait(false);
            var translated = Translate(error);
            if (translated == error)
            {
                throw;
            }

            throw translated;
        }
    }

    public override async Task<bool> UnnameAsync(string job, string name, CancellationToken cancellationToken = default) =>
        await FindJobAsync(job, cancellationToken).ConfigureAwait(false) is not null && await WriteAsync(async transaction =>
            await SqlJobs.FindAsync(transaction, job, transaction.Dialect.ForRows, cancellationToken).ConfigureAwait(false) is { } found
                && await SqlJobs.UnnameAsync(transaction, found, name, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);

    /// <summary>The failure as this library says it; the same object for what is none of the database.</summary>
    internal abstract Exception Translate(Exception error);

    /// <summary>Begins a transaction that sees the database as it is now, on a connection of its own. Null if there is no database yet.</summary>
    protected abstract Task<SqlTransaction?> BeginReadAsync(CancellationToken cancellationToken);

    /// <summary>Runs a transaction that writes, on a connection of its own.</summary>
    protected abstract Task<T> WriteAsync<T>(Func<SqlTransaction, Task<T>> write, CancellationToken cancellationToken);

    /// <summary>Reads in a transaction of its own; gives <paramref name="none"/> if there is no database yet.</summary>
    protected async Task<T> ReadAsync<T>(T none, Func<SqlTransaction, Task<T>> read, CancellationToken cancellationToken)
    {
        if (await BeginReadAsync(cancellationToken).ConfigureAwait(false) is not { } transaction)
        {
            return none;
        }

        try
        {
            return await read(transaction).ConfigureAwait(false);
        }
        catch (Exception error) when (Translate(error) is var translated && translated != error)
        {
            throw translated;
        }
        finally
        {
            await EndAsync(transaction).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(SqlTransaction transaction)
    {
        await transaction.Transaction.DisposeAsync().ConfigureAwait(false);
        await transaction.Connection.DisposeAsync().ConfigureAwait(false);
    }
}
