using System.Text.Json;

namespace Sluice;

/// <summary>Makes the errors of lines that cannot be read as JSON.</summary>
internal static class JsonLineErrors
{
    internal static Exception Of(Exception error, string line, long number, Type type) => error switch
    {
        OperationCanceledException or OutOfMemoryException => error,
        NotSupportedException => new NotSupportedException($"Line {number} cannot be read as {type}: {error.Message}", error),
        JsonException json => new InvalidDataException($"Line {number} is not JSON for {type}: {ReasonOf(json)}{Advice(line)}", error),
        _ => new InvalidDataException($"Line {number} cannot be read as {type}: {error.Message}", error),
    };

    /// <summary>The serializer counts lines within the text that it was given, which is one: its number would stand beside ours.</summary>
    private static string ReasonOf(JsonException error)
    {
        var position = $"LineNumber: {error.LineNumber} | BytePositionInLine: {error.BytePositionInLine}.";
        var reason = error.Message;
        return error.LineNumber != 0 || !reason.EndsWith(position, StringComparison.Ordinal)
            ? reason
            : $"{reason[..^position.Length].TrimEnd(' ', '|')}, byte {error.BytePositionInLine + 1} of the line.";
    }

    private static string Advice(string line) =>
        line.Contains('\0') ? " The line has zero bytes, as text in UTF-16 has. Read the bytes with SplitLines and the encoding."
        : line.Contains('\uFFFD') ? " The line has U+FFFD, as which bytes that are not UTF-8, such as 0xFF, are read. Read the bytes with SplitLines and the encoding."
        : "";
}
