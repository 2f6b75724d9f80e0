using System.Globalization;

namespace Sluice.Durable;

/// <summary>The tables and their versions. A schema of an older version is migrated when a job is opened, step by step in one transaction.</summary>
internal static class PostgreSqlSchema
{
    /// <summary>The step at each place leads to the version that is one more; <c>$</c> stands for the schema. A step is never changed, once a version with it was released.</summary>
    private static readonly string[] s_steps =
    [
        """
        CREATE TABLE $.schema_version(version bigint NOT NULL);
        INSERT INTO $.schema_version VALUES(0);
        CREATE TABLE $.job(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, status bigint NOT NULL, epoch bigint NOT NULL, checkpoint_epoch bigint NOT NULL, checkpoint bigint NOT NULL,
            owner text NOT NULL, since bigint NOT NULL, lease_end bigint NOT NULL, result bytea NOT NULL, checksum bigint NOT NULL);
        CREATE TABLE $.committed(job bigint NOT NULL, n bigint NOT NULL, epoch bigint NOT NULL, kept bigint NOT NULL, time bigint NOT NULL, name text, checksum bigint NOT NULL, PRIMARY KEY(job, n, epoch));
        CREATE UNIQUE INDEX committed_name ON $.committed(job, name) WHERE name IS NOT NULL;
        CREATE TABLE $.node_state(job bigint NOT NULL, n bigint NOT NULL, epoch bigint NOT NULL, node text NOT NULL, part bigint NOT NULL, state bytea, checksum bigint NOT NULL, PRIMARY KEY(job, node, part, n, epoch));
        CREATE TABLE $.key_state(job bigint NOT NULL, n bigint NOT NULL, epoch bigint NOT NULL, node text NOT NULL, key_group bigint NOT NULL, key bytea NOT NULL, due_time bigint, key_order bigint NOT NULL,
            last_use bigint NOT NULL, state bytea, checksum bigint NOT NULL, PRIMARY KEY(job, node, key_group, key, n, epoch));
        CREATE TABLE $.position(job bigint NOT NULL, n bigint NOT NULL, epoch bigint NOT NULL, node text NOT NULL, partition text NOT NULL, position bytea, checksum bigint NOT NULL, PRIMARY KEY(job, node, partition, n, epoch));
        CREATE TABLE $.staged(job bigint NOT NULL, n bigint NOT NULL, epoch bigint NOT NULL, node text NOT NULL, sequence bigint NOT NULL, output bytea NOT NULL, checksum bigint NOT NULL, PRIMARY KEY(job, n, epoch, node, sequence));
        CREATE INDEX node_state_n ON $.node_state(job, n, epoch);
        CREATE INDEX key_state_n ON $.key_state(job, n, epoch);
        CREATE INDEX position_n ON $.position(job, n, epoch);
        ALTER TABLE $.node_state ALTER COLUMN state SET STORAGE EXTERNAL;
        ALTER TABLE $.staged ALTER COLUMN output SET STORAGE EXTERNAL;
        """,
        """
        ALTER TABLE $.job ADD COLUMN fence bigint NOT NULL DEFAULT 0;
        CREATE TABLE $.batch(job bigint NOT NULL, epoch bigint NOT NULL, n bigint NOT NULL, batch bytea NOT NULL, PRIMARY KEY(job, epoch, n, batch));
        """,
    ];

    internal static int Version => s_steps.Length;

    /// <summary>FOR KEY SHARE and FOR NO KEY UPDATE go together with a renewed lease and with each other, and not with a claim, which locks FOR UPDATE.</summary>
    internal static SqlDialect DialectOf(string schema) => new(schema + ".", "(extract(epoch from clock_timestamp()) * 1000)::bigint", " FOR UPDATE", " FOR KEY SHARE");

    /// <summary>The version of the tables; 0 if there are none.</summary>
    internal static async Task<long> ReadVersionAsync(SqlTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.ScalarAsync("SELECT COUNT(*) FROM pg_tables WHERE schemaname || '.' = @prefix AND tablename = 'schema_version'", [("prefix", transaction.Dialect.Prefix)], cancellationToken).ConfigureAwait(false) == 0
            ? 0
            : await transaction.ScalarAsync($"SELECT version FROM {transaction.Table("schema_version")}", [], cancellationToken).ConfigureAwait(false);

    /// <summary>Brings the tables to a version, in the given transaction.</summary>
    internal static async Task MigrateAsync(SqlTransaction transaction, string schema, int upTo, CancellationToken cancellationToken)
    {
        // Of several programs that start at once one makes the tables; the others wait for it here.
        await transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))", [("name", $"sluice schema {schema}")], cancellationToken).ConfigureAwait(false);
        var version = (int)await ReadVersionAsync(transaction, cancellationToken).ConfigureAwait(false);
        if (version == 0)
        {
            await transaction.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {schema}", [], cancellationToken).ConfigureAwait(false);
        }

        for (; version < upTo; version++)
        {
            await transaction.ExecuteAsync(s_steps[version].Replace("$", schema, StringComparison.Ordinal), [], cancellationToken).ConfigureAwait(false);
            await transaction.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE {schema}.schema_version SET version = {version + 1}"), [], cancellationToken).ConfigureAwait(false);
        }
    }
}
