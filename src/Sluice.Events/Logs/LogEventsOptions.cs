namespace Sluice;

/// <summary>Options of <see cref="LogEvents"/>. Thread safety: immutable.</summary>
public sealed class LogEventsOptions
{
    internal static readonly LogEventsOptions Default = new();

    /// <summary>Gets whether lines that are in neither format are passed on as well, with
    /// <see cref="LogEvent.IsWellFormed"/> false. Nothing is looked at then before it is asked for, so this is also how to
    /// read the lines of any other file. Default false: an error that names the line.</summary>
    public bool AllowMalformed { get; init; }

    /// <summary>Options for cutting bytes into lines. Default <see cref="LinesOptions"/>'s own.</summary>
    /// <exception cref="ArgumentNullException">Thrown: set to null.</exception>
    public LinesOptions Lines
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = new();
}
