namespace Sluice;

/// <summary>A line with its number, and not the lines around it.</summary>
internal sealed class LogEventCodec : InlineCodec<LogEvent>
{
    internal override int MinBytes => 2;

    internal override void Write(ByteSink to, ref LogEvent value)
    {
        var line = value.Utf8;
        to.Signed(value.LineNumber);
        to.Count(line.Length);
        to.Raw(line);
    }

    internal override void Read(ByteSource from, ref LogEvent value)
    {
        var number = from.Signed();
        var line = from.Raw(from.Count()).ToArray();
        value = new(line, 0, line.Length, number);
    }
}
