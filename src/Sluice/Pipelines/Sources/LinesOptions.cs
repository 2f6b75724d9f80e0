namespace Sluice;

/// <summary>Options of what cuts bytes into lines: <see cref="Source.Lines(string, bool, LinesOptions)"/>,
/// <see cref="Source.StandardInput"/>, <see cref="Stage.SplitLines"/>. Thread safety: immutable.</summary>
public sealed class LinesOptions
{
    internal static readonly LinesOptions Default = new();

    /// <summary>The longest line, in bytes of UTF-8 without its ending; a longer one is an error that names the line.
    /// Default 16 MiB; at least 1, at most 1 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to a value outside the range.</exception>
    public int MaxLineLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 30);
            field = value;
        }
    } = 16 << 20;

    /// <summary>The time to wait at the end of a file that is followed before looking again; nothing
    /// else uses it. Default 250 milliseconds; more than zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to zero or less.</exception>
    public TimeSpan PollInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMilliseconds(250);

    /// <summary>The behaviour in a durable run, if the rest of a file that is followed is lost: it was deleted, compressed or cut before it was read. Other runs do
    /// not look for it. Default <see cref="OnLostFile.Fail"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to a value that has no name.</exception>
    public OnLostFile OnLostFile
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)OnLostFile.BeginWithNew, nameof(value));
            field = value;
        }
    }
}
