namespace Sluice;

/// <summary>The operators as methods of a source; each is in the file of its name. Thread safety: as <see cref="Source{T}"/>.</summary>
public static partial class SourceOperators;
