using System.Text.Json;

namespace Sluice;

/// <summary>Errors: the position in the document, the reason, and the way out.</summary>
internal sealed partial class JsonTokenizer
{
    private long _line; // of the first byte that waits; both from 0, as the reader counts
    private long _column;
    private bool _hasValue; // a value that is in nothing has ended

    private void Count(ReadOnlySpan<byte> used) => (_line, _column) = PositionBehind(used);

    private (long Line, long Column) PositionBehind(ReadOnlySpan<byte> bytes)
    {
        var last = bytes.LastIndexOf((byte)'\n');
        return last < 0 ? (_line, _column + bytes.Length) : (_line + bytes.Count((byte)'\n'), bytes.Length - last - 1);
    }

    private JsonException? Refusal(ref Utf8JsonReader reader, ReadOnlySpan<byte> waiting)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= options.MaxDepth)
        {
            return Error($"Objects and arrays are nested deeper than {options.MaxDepth} levels. Set {nameof(JsonEventsOptions)}.{nameof(JsonEventsOptions.MaxDepth)} to allow more.", waiting, reader.TokenStartIndex);
        }

        return reader.ValueSpan.Length > options.MaxTokenLength ? TooLong(waiting, reader.TokenStartIndex) : null;
    }

    /// <summary>Refuses a token that is incomplete and already too long for the memory.</summary>
    private JsonException? RefusalOfWaiting() =>
        _lookahead.Length > options.MaxTokenLength ? TooLong(Bytes.Waiting, _lookahead.Began) : null;

    private JsonException TooLong(ReadOnlySpan<byte> waiting, long at) =>
        Error($"What begins here is longer than {options.MaxTokenLength} bytes. Set {nameof(JsonEventsOptions)}.{nameof(JsonEventsOptions.MaxTokenLength)} to allow longer names, strings and numbers.", waiting, at);

    private JsonException Error(string message, ReadOnlySpan<byte> waiting, long at, Exception? cause = null)
    {
        var (line, column) = PositionBehind(waiting[..(int)at]);
        return new($"{Place(line, column)}: {message}", null, line, column, cause);
    }

    private JsonException Explained(JsonException error, ReadOnlySpan<byte> waiting, int used)
    {
        var (line, column) = error is { LineNumber: { } errorLine, BytePositionInLine: { } errorColumn } ? _place.InDocument(errorLine, errorColumn) : (_line, _column);
        var reason = error.Message.Split(" LineNumber: ")[0];
        return new($"{Place(line, column)}: {reason}{Advice(waiting, used, (line, column))}", null, line, column, error);
    }

    private string Place(long line, long column) => $"Line {line + 1}, byte {column + 1}{(origin is null ? "" : $" of '{origin}'")}";

    private string Advice(ReadOnlySpan<byte> waiting, int used, (long Line, long Column) failedAt)
    {
        var rest = waiting[used..].TrimStart(" \t\r\n"u8);
        var before = waiting[..used].TrimEnd(" \t\r\n"u8);
        if (rest is [(byte)'/', ..] && !options.AllowComments)
        {
            return ToAllow(nameof(JsonEventsOptions.AllowComments), "comments");
        }

        if (rest is [(byte)'}' or (byte)']', ..] && before is [.., (byte)','])
        {
            return ToAllow(nameof(JsonEventsOptions.AllowTrailingCommas), "a comma there");
        }

        if (rest is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || rest[..Math.Min(rest.Length, 4)].Contains((byte)0))
        {
            return " The bytes look like UTF-16, or UTF-32. JSON is read in UTF-8: decode them before.";
        }

        if (rest is [0xFF or 0xFE, ..])
        {
            return $" The byte 0x{rest[0]:X2} is in no text of UTF-8, in which JSON is written.";
        }

        return _hasValue && !options.AllowMultipleValues ? ToAllow(nameof(JsonEventsOptions.AllowMultipleValues), "several values")
            : IsLast && failedAt == PositionBehind(waiting) ? " The document ends too early: it may have been cut off."
            : "";
    }

    private static string ToAllow(string option, string what) => $" Set {nameof(JsonEventsOptions)}.{option} to allow {what}.";
}
