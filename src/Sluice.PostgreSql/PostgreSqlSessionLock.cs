using System.Diagnostics;
using Npgsql;

namespace Sluice.Durable;

/// <summary>The advisory lock of a job, which a session of the server holds as long as it lives.</summary>
internal sealed class PostgreSqlSessionLock(PostgreSqlConnections connections, string job)
{
    /// <summary>The time that the server has to end a session that was told to end.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private string Key => $"sluice {connections.Options.Schema} {job}";

    /// <summary>Takes the lock. As long as another session has it, asks whether that one is to be ended; it is ended only if it still holds this lock.</summary>
    internal async Task TakeAsync(NpgsqlConnection connection, Func<SqlTransaction, int, TimeSpan, Task<bool>> mayEnd, CancellationToken cancellationToken)
    {
        var statement = new SqlTransaction(connection, null, connections.Dialect);
        (string, object?)[] key = [("key", Key)];
        for (var watch = Stopwatch.StartNew(); ;)
        {
            if (await statement.ScalarAsync("SELECT pg_try_advisory_lock(hashtextextended(@key, 0))::int", key, cancellationToken).ConfigureAwait(false) == 1)
            {
                return;
            }

            const string Holders = "FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND objsubid = 1 "
                + "AND classid::bigint = ((hashtextextended(@key, 0) >> 32) & 4294967295) AND objid::bigint = (hashtextextended(@key, 0) & 4294967295)";
            var holder = (int)await statement.ScalarAsync($"SELECT COALESCE(MAX(pid), 0) {Holders}", key, cancellationToken).ConfigureAwait(false);
            if (holder != 0 && await mayEnd(statement, holder, watch.Elapsed).ConfigureAwait(false))
            {
                await statement.ExecuteAsync($"SELECT pg_terminate_backend(pid) {Holders} AND pid = @pid", [.. key, ("pid", holder)], cancellationToken).ConfigureAwait(false);
            }

            if (watch.Elapsed > s_limit)
            {
                throw new StoreUnavailableException(connections.Description, $"the server's process {holder} holds the lock of job '{job}' and does not end within {Duration.Text(s_limit)}");
            }

            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }
    }
}
