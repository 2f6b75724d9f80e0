using System.Globalization;

namespace Sluice.Durable;

/// <summary>The tables and their versions. A file of an older version is migrated when it is opened for writing, step by step in one transaction.</summary>
internal static class SqliteSchema
{
    internal static readonly SqlDialect Dialect = new("sluice_", "CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", "");

    /// <summary>The step at each place leads to the version that is one more. A step is never changed, once a version with it was released.</summary>
    private static readonly string[] s_steps =
    [
        """
        CREATE TABLE sluice_schema(version INTEGER NOT NULL);
        INSERT INTO sluice_schema VALUES(0);
        CREATE TABLE sluice_job(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, status INTEGER NOT NULL, epoch INTEGER NOT NULL, checkpoint_epoch INTEGER NOT NULL, checkpoint INTEGER NOT NULL,
            owner TEXT NOT NULL, since INTEGER NOT NULL, lease_end INTEGER NOT NULL, result BLOB NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE sluice_committed(job INTEGER NOT NULL, n INTEGER NOT NULL, epoch INTEGER NOT NULL, kept INTEGER NOT NULL, time INTEGER NOT NULL, name TEXT, checksum INTEGER NOT NULL, PRIMARY KEY(job, n, epoch)) WITHOUT ROWID;
        CREATE UNIQUE INDEX sluice_committed_name ON sluice_committed(job, name) WHERE name IS NOT NULL;
        CREATE TABLE sluice_node_state(job INTEGER NOT NULL, n INTEGER NOT NULL, epoch INTEGER NOT NULL, node TEXT NOT NULL, part INTEGER NOT NULL, state BLOB, checksum INTEGER NOT NULL, PRIMARY KEY(job, node, part, n, epoch));
        CREATE TABLE sluice_key_state(job INTEGER NOT NULL, n INTEGER NOT NULL, epoch INTEGER NOT NULL, node TEXT NOT NULL, key_group INTEGER NOT NULL, key BLOB NOT NULL, due_time INTEGER, key_order INTEGER NOT NULL,
            last_use INTEGER NOT NULL, state BLOB, checksum INTEGER NOT NULL, PRIMARY KEY(job, node, key_group, key, n, epoch)) WITHOUT ROWID;
        CREATE TABLE sluice_position(job INTEGER NOT NULL, n INTEGER NOT NULL, epoch INTEGER NOT NULL, node TEXT NOT NULL, partition TEXT NOT NULL, position BLOB, checksum INTEGER NOT NULL, PRIMARY KEY(job, node, partition, n, epoch));
        CREATE TABLE sluice_staged(job INTEGER NOT NULL, n INTEGER NOT NULL, epoch INTEGER NOT NULL, node TEXT NOT NULL, sequence INTEGER NOT NULL, output BLOB NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY(job, n, epoch, node, sequence));
        CREATE INDEX sluice_node_state_n ON sluice_node_state(job, n, epoch);
        CREATE INDEX sluice_key_state_n ON sluice_key_state(job, n, epoch);
        CREATE INDEX sluice_position_n ON sluice_position(job, n, epoch);
        """,
        """
        ALTER TABLE sluice_job ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE sluice_batch(job INTEGER NOT NULL, epoch INTEGER NOT NULL, n INTEGER NOT NULL, batch BLOB NOT NULL, PRIMARY KEY(job, epoch, n, batch)) WITHOUT ROWID;
        """,
    ];

    /// <summary>The version of a file without the tables.</summary>
    internal const int None = 0;

    internal static int Version => s_steps.Length;

    /// <summary>The version of the tables, or <see cref="None"/>.</summary>
    internal static async Task<int> ReadVersionAsync(SqlTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.ScalarAsync("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'sluice_schema'", [], cancellationToken).ConfigureAwait(false) == 0
            ? None
            : (int)await transaction.ScalarAsync("SELECT version FROM sluice_schema", [], cancellationToken).ConfigureAwait(false);

    /// <summary>Brings the tables to a version, in the given transaction, which sees no other writer.</summary>
    internal static async Task MigrateAsync(SqlTransaction transaction, int upTo, CancellationToken cancellationToken)
    {
        for (var version = await ReadVersionAsync(transaction, cancellationToken).ConfigureAwait(false); version < upTo; version++)
        {
            await transaction.ExecuteAsync(s_steps[version], [], cancellationToken).ConfigureAwait(false);
            await transaction.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE sluice_schema SET version = {version + 1}"), [], cancellationToken).ConfigureAwait(false);
        }
    }
}
