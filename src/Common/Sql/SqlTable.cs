using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Sluice.Durable;

/// <summary>The table of a sink: its columns and the statement for one row.</summary>
internal sealed class SqlTable<T>
{
    /// <param name="name">The name of the table, not quoted.</param>
    /// <param name="columns">The columns; null: the properties of the items.</param>
    /// <param name="keys">The columns whose values say which row it is; none: each item is a row of its own.</param>
    /// <param name="type">The type of the items.</param>
    internal SqlTable(string name, IReadOnlyList<TableColumn<T>>? columns, IReadOnlyList<string> keys, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Columns = columns ?? [.. Properties(type)];
        if (Columns.Count == 0)
        {
            throw new ArgumentException($"Table '{name}' gets no column: {type} has no public property. Give the sink its columns.", nameof(columns));
        }

        if (keys.FirstOrDefault(key => !Columns.Any(column => column.Name == key)) is { } unknown)
        {
            throw new ArgumentException($"'{unknown}' is no column of the sink for table '{name}'. It has: {string.Join(", ", Columns.Select(static column => column.Name))}.", nameof(keys));
        }

        if (Columns.GroupBy(static column => column.Name, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Column '{twice.Key}' of table '{name}' is there twice.", nameof(columns));
        }

        Statement = $"INSERT INTO {Quote(name)}({Names(Columns.Select(static column => column.Name))}) VALUES({string.Join(", ", Columns.Select(static (_, i) => $"@p{i}"))})" + OnConflict(keys);
    }

    internal IReadOnlyList<TableColumn<T>> Columns { get; }

    /// <summary>Its parameters are <c>@p0</c>, <c>@p1</c>, ..., in the order of the columns.</summary>
    internal string Statement { get; }

    /// <summary>The values of an item.</summary>
    internal object?[] RowOf(T item) => [.. Columns.Select(column => SqlValues.Plain(column.Value(item), column.Name))];

    private string OnConflict(IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
        {
            return "";
        }

        var others = Columns.Select(static column => column.Name).Except(keys).Select(static name => $"{Quote(name)} = excluded.{Quote(name)}").ToArray();
        return $" ON CONFLICT ({Names(keys)}) DO " + (others.Length == 0 ? "NOTHING" : $"UPDATE SET {string.Join(", ", others)}");
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static IEnumerable<TableColumn<T>> Properties([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .OrderBy(static property => property.MetadataToken)
            .Select(static property => new TableColumn<T>(property.Name, item => property.GetValue(item)));
}
