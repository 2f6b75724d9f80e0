namespace Sluice;

/// <summary>Makes an item of a line without a string in between: see <see cref="Source.Lines{T}(string, Func{LineParser{T}}, bool, LinesOptions, string)"/>.</summary>
/// <remarks>What it throws fails the run; with <see cref="InvalidDataException"/> the lines before are delivered first.
/// Thread safety: each run has a parser of its own, which is called by one thread at a time.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="line">The line without its ending. Its bytes are written to again after the call: copy what the item keeps.</param>
/// <param name="number">The line's number, from 1.</param>
/// <returns>The item.</returns>
public delegate T LineParser<out T>(ReadOnlySpan<byte> line, long number);
