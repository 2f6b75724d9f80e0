using System.CommandLine;

namespace Sluice.Tool.Jobs;

/// <summary>The options that say which store is meant.</summary>
internal sealed class StoreOptions
{
    /// <summary>The variable that is read if no option says which store is meant.</summary>
    internal const string DefaultVariable = "SLUICE_POSTGRESQL";

    private readonly Option<string> _sqlite = new("--sqlite") { HelpName = "FILE", Recursive = true, Description = "The store is this SQLite file." };
    private readonly Option<string> _postgreSql = new("--postgresql")
    {
        HelpName = "CONNECTION",
        Recursive = true,
        Description = "The store is the PostgreSQL database with this connection string. Other users of this host can read it; one with a password belongs in a variable.",
    };

    private readonly Option<string> _variable = new("--postgresql-variable")
    {
        HelpName = "NAME",
        Recursive = true,
        Description = $"The environment variable with the connection string. Default without another store: {DefaultVariable}.",
    };

    private readonly Option<string> _schema = new("--schema") { HelpName = "NAME", Recursive = true, Description = "The schema of the tables in PostgreSQL. Default: sluice." };

    internal void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_sqlite, _postgreSql, _variable, _schema])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">They name no store, or several.</exception>
    /// <exception cref="ToolException">There is no such file or variable, or the connection string is none.</exception>
    internal CheckpointStore Open(ParseResult found, bool mayBeNew)
    {
        var (file, connection, variable) = (found.GetValue(_sqlite), found.GetValue(_postgreSql), found.GetValue(_variable));
        if (new[] { file, connection, variable }.Count(static one => one is not null) > 1)
        {
            throw new UsageException("--sqlite, --postgresql and --postgresql-variable are different stores; give one.");
        }

        if (file is not null)
        {
            return found.GetValue(_schema) is null ? OpenFile(file, mayBeNew) : throw new UsageException("--schema is for PostgreSQL.");
        }

        var (text, from) = connection is not null ? (connection, "--postgresql")
            : variable is not null ? (Environment.GetEnvironmentVariable(variable) ?? throw new ToolException($"There is no environment variable '{variable}'."), $"The variable '{variable}'")
            : (Environment.GetEnvironmentVariable(DefaultVariable) ?? throw new UsageException($"No option says which store is meant. Give --sqlite FILE, or put a connection string of PostgreSQL into the variable {DefaultVariable}."), $"The variable '{DefaultVariable}'");
        return OpenDatabase(text, from, found.GetValue(_schema));
    }

    private static CheckpointStore OpenFile(string file, bool mayBeNew) => file.Length == 0 ? throw new UsageException("--sqlite names no file.")
        : File.Exists(file) || mayBeNew ? Checkpoints.Sqlite(file)
        : throw new ToolException($"There is no file '{Path.GetFullPath(file)}'. Give the path that the program gives to Checkpoints.Sqlite.");

    private static CheckpointStore OpenDatabase(string connection, string from, string? schema)
    {
        try
        {
            return Checkpoints.PostgreSql(connection, schema is null ? null : new PostgreSqlStoreOptions { Schema = schema });
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The message of the database's client might repeat a part of the string, which may be the password.
            throw new ToolException(schema is not null && error is ArgumentException { ParamName: nameof(PostgreSqlStoreOptions.Schema) }
                ? $"'{schema}' cannot be a schema of the tables: it has 1 to 63 lower-case letters, digits and underscores, and does not begin with a digit."
                : $"{from} is no connection string of PostgreSQL. It is written Host=...;Database=...;Username=...;Password=...", error);
        }
    }
}
