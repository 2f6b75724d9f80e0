namespace Sluice;

/// <summary>Options of a sink that writes rows of a table. Thread safety: immutable.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class TableSinkOptions<T>
{
    /// <summary>The columns. Default null: one for each public property of the items' type, in the order of the type, with the property's name.</summary>
    public IReadOnlyList<TableColumn<T>>? Columns { get; init; }

    /// <summary>The number of items that it holds in memory before it asks for a checkpoint; see <see cref="StagedSinkOptions.MaxItems"/>. 1 or more, default 10000. In a run without a job each transaction has so many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is less than 1.</exception>
    public int MaxItems
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxItems));
            field = value;
        }
    } = StagedSinkOptions.Default.MaxItems;
}
