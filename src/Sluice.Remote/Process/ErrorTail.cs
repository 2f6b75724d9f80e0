using System.Text;

namespace Sluice;

/// <summary>The last lines of a worker's standard error, each cut: what an error about the worker's end is explained with. A stack trace is cut
/// too, since the runtime writes what happened above it. Thread safety: safe; its lock is held for no longer than a copy takes.</summary>
internal sealed class ErrorTail
{
    internal const int MaxLines = 20;
    internal const int MaxLineLength = 1000;
    internal const int MaxFrames = 10;
    private readonly Queue<string> _lines = new();
    private readonly Lock _lock = new();
    private readonly List<byte> _open = [];

    /// <summary>The number of lines of a stack trace that came last. Guard: <see cref="_lock"/>.</summary>
    private int _frames;

    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return _open.Count == 0 ? [.. _lines] : [.. _lines.TakeLast(MaxLines - 1), Text(_open)];
            }
        }
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            while (!bytes.IsEmpty)
            {
                var length = bytes.IndexOf((byte)'\n');
                var line = length < 0 ? bytes : bytes[..length];
                _open.AddRange(line[..Math.Min(line.Length, MaxLineLength - _open.Count)]);
                if (length < 0)
                {
                    return;
                }

                Keep(Text(_open));
                _open.Clear();
                bytes = bytes[(length + 1)..];
            }
        }
    }

    private void Keep(string line)
    {
        _frames = line.StartsWith("   at ", StringComparison.Ordinal) ? _frames + 1 : 0;
        if (_frames > MaxFrames)
        {
            return;
        }

        if (_lines.Count == MaxLines)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(line);
    }

    private static string Text(List<byte> line) => Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
}
