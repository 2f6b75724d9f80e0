namespace Sluice.Durable;

/// <summary>The differences between the databases.</summary>
/// <param name="Prefix">The beginning of the names of tables: a prefix or a schema.</param>
/// <param name="Now">The database's clock, in milliseconds since 1970, as an expression.</param>
/// <param name="ForChange">The end of a query that locks the row that it reads against all others.</param>
/// <param name="ForRows">The end of a query that locks the row that it reads against a claim, and lets leases be renewed.</param>
internal sealed record SqlDialect(string Prefix, string Now, string ForChange, string ForRows);
