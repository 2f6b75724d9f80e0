namespace Sluice;

/// <summary>A position that keeps something open for as long as its source may be started again. It is disposed of when the source has ended.</summary>
internal interface IOpenPosition : IDisposable;
