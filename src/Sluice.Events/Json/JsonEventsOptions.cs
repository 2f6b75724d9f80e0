using System.Text.Json;

namespace Sluice;

/// <summary>Options of <see cref="JsonEvents"/>. Thread safety: immutable.</summary>
public sealed class JsonEventsOptions
{
    internal static readonly JsonEventsOptions Default = new();

    /// <summary>Gets whether comments (<c>//</c> to the end of the line, <c>/* */</c>) may stand where white space may, except
    /// between a name and its colon; they are left out. Default false: an error.</summary>
    public bool AllowComments { get; init; }

    /// <summary>Gets whether a comma may stand behind the last value of an object or array. Default false: an error.</summary>
    public bool AllowTrailingCommas { get; init; }

    /// <summary>Gets whether any number of values may follow one another, with or without white space between them: JSON Lines,
    /// concatenated JSON. Default false: exactly one.</summary>
    public bool AllowMultipleValues { get; init; }

    /// <summary>The deepest nesting of objects and arrays; deeper is an error. Default 1,000 levels; at least 1, at most
    /// 1 Mi (1,048,576).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to a value outside the range.</exception>
    public int MaxDepth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 20);
            field = value;
        }
    } = 1000;

    /// <summary>The longest name, string or number, in bytes as it stands in the document, without quotes; longer is an
    /// error. White space and comments that come in pieces may have to be kept too, and are an error if they are longer.
    /// Default 16 MiB; at least 1, at most 512 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to a value outside the range.</exception>
    public int MaxTokenLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 512 << 20);
            field = value;
        }
    } = 16 << 20;

    internal JsonReaderOptions ForReader => new()
    {
        CommentHandling = AllowComments ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow,
        AllowTrailingCommas = AllowTrailingCommas,
        AllowMultipleValues = AllowMultipleValues,
        MaxDepth = MaxDepth + 1, // so that the one level too many is seen here, with a message that names the option
    };
}
