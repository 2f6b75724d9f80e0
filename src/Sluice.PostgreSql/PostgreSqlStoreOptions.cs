namespace Sluice.Durable;

/// <summary>Options of a store in PostgreSQL.</summary>
/// <remarks>Thread safety: options do not change.</remarks>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>The schema of the tables: lower-case letters, digits and underscores, not beginning with a digit. Default "sluice".</summary>
    public string Schema { get; init; } = "sluice";

    /// <summary>The time for which a statement waits for another program's lock; more than zero, default 5 seconds. After it the call fails with a <see cref="StoreLockedException"/>.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time for which a call waits for a server that does not answer, in whole seconds; 1 second or more, default 60 seconds. After it the call fails with a <see cref="StoreUnavailableException"/>.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(60);

    internal void Validate()
    {
        if (Schema is null || Schema.Length is 0 or > 63 || char.IsAsciiDigit(Schema[0]) || !Schema.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_'))
        {
            throw new ArgumentException($"'{Schema}' cannot be the schema of the tables: it has 1 to 63 lower-case letters, digits and underscores, and does not begin with a digit.", nameof(Schema));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(LockTimeout, TimeSpan.FromMilliseconds(1), nameof(LockTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(CommandTimeout, TimeSpan.FromSeconds(1), nameof(CommandTimeout));
    }
}
