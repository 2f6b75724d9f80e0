using System.Globalization;

namespace Sluice.Worker;

/// <summary>Writes a log, a line for each event: time in UTC, level, text. Thread safety: all members, from any thread.</summary>
internal sealed class Log(TextWriter to, TimeProvider time)
{
    private readonly Lock _lock = new();

    internal void Info(string text) => Write("info", text);

    internal void Warning(string text) => Write("warning", text);

    private void Write(string level, string text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level} {LogText.Escape(text)}");
        lock (_lock)
        {
            to.WriteLine(line);
        }
    }
}
