using Microsoft.Data.Sqlite;

namespace Sluice.Tests;

/// <summary>SQL beside the library.</summary>
internal static class SqliteText
{
    internal static async Task ExecuteAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
