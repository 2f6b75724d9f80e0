namespace Sluice.Durable;

/// <summary>How an <see cref="OutputFile"/> is written.</summary>
/// <remarks>Thread safety: an instance does not change after it was made.</remarks>
public sealed record OutputFileOptions
{
    /// <summary>How the file shows what is committed. Default <see cref="OutputCommit.Truncate"/>.</summary>
    public OutputCommit Commit { get; init; }

    /// <summary>What a new output does about files that are there. Default <see cref="ExistingOutput.Append"/>. A restored one knows its files.</summary>
    public ExistingOutput Existing { get; init; }

    /// <summary>A part is followed by the next one before it would be longer, unless one append is longer. In bytes, from 1 on; default null: no limit. With
    /// this or <see cref="MaxPartAge"/> the names of parts have a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is less than 1.</exception>
    public long? MaxPartSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? 1, 1, nameof(MaxPartSize));
            field = value;
        }
    }

    /// <summary>A part is followed by the next one at the first append that comes so long after its first one. More than zero; default null: no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is zero or less.</exception>
    public TimeSpan? MaxPartAge
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(MaxPartAge));
            field = value;
        }
    }

    /// <summary>Takes an output over from another process that has it locked, when it is restored: for a caller that knows that it owns the job. What the
    /// other one still writes goes nowhere. That copies the committed bytes of the last part, if <see cref="Commit"/> is
    /// <see cref="OutputCommit.Truncate"/>. Default false: it is refused.</summary>
    public bool TakeOver { get; init; }

    /// <summary>The clock of <see cref="MaxPartAge"/>. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal bool Rotates => MaxPartSize is not null || MaxPartAge is not null;
}
