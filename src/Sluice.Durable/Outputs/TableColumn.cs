namespace Sluice;

/// <summary>A column that a sink writes. Thread safety: as <see cref="Value"/>.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="Name">The name of the column, as it is in the database; it is quoted.</param>
/// <param name="Value">Gives the value of an item: null, a number, a text, a truth value, a date or time, a <see cref="Guid"/>, an array of bytes, or an enumeration, which is stored as its number.</param>
public sealed record TableColumn<T>(string Name, Func<T, object?> Value);
