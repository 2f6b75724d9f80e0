namespace Sluice;

/// <summary>An item that a stage was not able to handle, and why: see <see cref="Stage{TIn,TOut}.OnError(ErrorPolicy, Action{DeadLetter{TIn}})"/>.</summary>
/// <remarks>Thread safety: immutable, apart from the item itself.</remarks>
/// <typeparam name="T">The type of the item.</typeparam>
/// <param name="Item">The item, as it came to the stage.</param>
/// <param name="Error">What the stage failed with, the last time if it was tried several times.</param>
/// <param name="StageName">The name of the stage in its pipeline.</param>
public sealed record DeadLetter<T>(T Item, Exception Error, string StageName);
