namespace Sluice;

/// <summary>The items of a stretch of time.</summary>
/// <remarks>Thread safety: immutable, unless who receives it changes the items. Two windows are equal only if they have the same
/// list of items, not equal ones.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="Start">When it begins; this moment belongs to it.</param>
/// <param name="End">When it ends; this moment does not belong to it.</param>
/// <param name="Items">The items, at least one, in the order in which they came.</param>
public sealed record Window<T>(DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<T> Items);
