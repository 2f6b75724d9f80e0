namespace Sluice;

/// <summary>Options of one run of a pipeline. Thread safety: immutable.</summary>
public sealed class RunOptions
{
    internal static readonly RunOptions Default = new();

    /// <summary>The clock of everything in the run that waits for time, such as following a file. Default: the
    /// system's clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
