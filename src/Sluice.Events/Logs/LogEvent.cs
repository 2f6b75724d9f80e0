using System.Diagnostics;
using System.Text;

namespace Sluice;

/// <summary>One line of a web server's log, in Common or Combined Log Format.</summary>
/// <remarks>
/// A value that may be kept as long as wanted; it keeps up to 8 KiB of its neighbours with it. It holds the line's bytes:
/// each property looks for its field again, and makes its string again, so ask once for what is needed often. Fields are as they
/// stand in the line, escapes included; bytes that are not UTF-8 become U+FFFD in strings. Of a line that is in neither format
/// (<see cref="IsWellFormed"/>) the fields are empty, null or 0. Thread safety: immutable.
/// </remarks>
[DebuggerDisplay("{LineNumber}: {Text}")]
[PortableCodec(typeof(LogEventCodec))]
public readonly struct LogEvent : IEquatable<LogEvent>
{
    private readonly byte[]? _page; // no one writes to it any more
    private readonly int _start;
    private readonly int _length;

    internal LogEvent(byte[] page, int start, int length, long lineNumber)
    {
        _page = page;
        _start = start;
        _length = length;
        LineNumber = lineNumber;
    }

    /// <summary>The line's number, from 1.</summary>
    public long LineNumber { get; }

    /// <summary>The line's bytes as they came, without its ending. Costs nothing: the way to search for something.</summary>
    public ReadOnlySpan<byte> Utf8 => _page.AsSpan(_start, _length);

    /// <summary>The line.</summary>
    public string Text => Encoding.UTF8.GetString(Utf8);

    /// <summary>Gets whether the line is in one of the formats.</summary>
    public bool IsWellFormed => LogFields.Read(Utf8, out _) is null;

    /// <summary>The server that was asked, as <c>vhost_combined</c> and its like have it in front of the line, with its port if that is there; null
    /// if the line does not say.</summary>
    public string? VirtualHost => TextUnlessNone(Fields.VirtualHost);

    /// <summary>The client: an address or a name.</summary>
    public string Host => Encoding.UTF8.GetString(Fields.Host);

    /// <summary>The user who had logged in; null if no one had.</summary>
    public string? User => TextUnlessNone(Fields.User);

    /// <summary>The time of the request, with the server's offset.</summary>
    public DateTimeOffset Time => Fields.Time;

    /// <summary>The first line of the request, such as <c>GET /index.html HTTP/1.1</c>.</summary>
    public string Request => Encoding.UTF8.GetString(Fields.Request);

    /// <summary>The request's method; empty if the request has no space.</summary>
    public string Method => Encoding.UTF8.GetString(PartsOf(Fields.Request).Method);

    /// <summary>The path that was asked for, with its query; empty if the request has no space.</summary>
    public string Path => Encoding.UTF8.GetString(PartsOf(Fields.Request).Path);

    /// <summary>The status of the answer.</summary>
    public int Status => Fields.Status;

    /// <summary>The length of the answer in bytes; null if the line has none.</summary>
    public long? Size => Fields.Size;

    /// <summary>The page that led to the request; null if the line does not name it.</summary>
    public string? Referrer => TextUnlessNone(Fields.Referrer);

    /// <summary>The program that asked; null if the line does not tell.</summary>
    public string? Agent => TextUnlessNone(Fields.Agent);

    /// <summary>The text behind the agent, as it is: fields that a server was told to add. Null if nothing does.</summary>
    public string? Rest => Fields.Rest is { IsEmpty: false } rest ? Encoding.UTF8.GetString(rest) : null;

    private LogFields Fields
    {
        get
        {
            _ = LogFields.Read(Utf8, out var fields); // empty fields if something is missing
            return fields;
        }
    }

    /// <summary>Gets whether two events are equal.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>As <see cref="Equals(LogEvent)"/>.</returns>
    public static bool operator ==(LogEvent left, LogEvent right) => left.Equals(right);

    /// <summary>Gets whether two events differ.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>The opposite of <see cref="Equals(LogEvent)"/>.</returns>
    public static bool operator !=(LogEvent left, LogEvent right) => !left.Equals(right);

    /// <summary>Reads one line.</summary>
    /// <param name="line">The line in UTF-8, without its ending; it is copied.</param>
    /// <param name="result">The line, also if it is in neither format; its number is 1.</param>
    /// <returns>Whether it is in one of the formats.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogEvent result)
    {
        result = new(line.ToArray(), 0, line.Length, 1);
        return result.IsWellFormed;
    }

    /// <summary>Returns whether line number and bytes are the same.</summary>
    /// <param name="other">The other event.</param>
    /// <returns>True if they are.</returns>
    public bool Equals(LogEvent other) => LineNumber == other.LineNumber && Utf8.SequenceEqual(other.Utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LogEvent other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(LineNumber);
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    /// <summary>The line.</summary>
    /// <returns>As <see cref="Text"/>.</returns>
    public override string ToString() => Text;

    private static string? TextUnlessNone(ReadOnlySpan<byte> field) =>
        field.IsEmpty || field.SequenceEqual("-"u8) ? null : Encoding.UTF8.GetString(field);

    /// <summary>A path may have spaces that it should not have: it ends where the version begins.</summary>
    private static RequestParts PartsOf(ReadOnlySpan<byte> request)
    {
        var first = request.IndexOf((byte)' ');
        if (first < 0)
        {
            return default;
        }

        var path = request[(first + 1)..];
        var version = path.LastIndexOf(" HTTP/"u8);
        return new() { Method = request[..first], Path = version < 0 ? path : path[..version] };
    }

    private ref struct RequestParts
    {
        internal ReadOnlySpan<byte> Method { get; init; }

        internal ReadOnlySpan<byte> Path { get; init; }
    }
}
