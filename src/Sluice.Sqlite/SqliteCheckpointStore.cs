namespace Sluice.Durable;

/// <summary>A store in a SQLite file.</summary>
internal sealed class SqliteCheckpointStore(string path, SqliteStoreOptions options) : SqlCheckpointStore
{
    private readonly SqliteConnections _connections = new(path, options);

    public override string Description => _connections.Description;

    public override async Task<JobStorage> ClaimAsync(string job, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentNullException.ThrowIfNull(request);

        // Reading needs no lock. An owner that commits without end would keep a claim from the one that writing needs.
        await ReadAsync(true, async transaction =>
        {
            await SqlJobStorage.FindFreeAsync(transaction, job, "", request, sessionHasEnded: false, cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        var storage = new SqliteJobStorage(_connections);
        try
        {
            await storage.ClaimAsync(job, request, cancellationToken).ConfigureAwait(false);
            return storage;
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override Exception Translate(Exception error) => SqliteErrors.Translate(_connections, error);

    protected override async Task<SqlTransaction?> BeginReadAsync(CancellationToken cancellationToken)
    {
        if (!_connections.Exists)
        {
            return null;
        }

        try
        {
            return await _connections.OpenToReadAsync(cancellationToken).ConfigureAwait(false) is not { } connection ? null : new SqlTransaction(connection, connection.BeginTransaction(deferred: true), SqliteSchema.Dialect);
        }
        catch (Exception error) when (Translate(error) is var translated && translated != error)
        {
            throw translated;
        }
    }

    protected override async Task<T> WriteAsync<T>(Func<SqlTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        var storage = new SqliteJobStorage(_connections);
        await using (storage.ConfigureAwait(false))
        {
            return await storage.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
    }
}
