namespace Sluice;

/// <summary>A line with its number, and not the lines around it.</summary>
internal sealed class LogEventCodec : PortableCodec<LogEvent>
{
    public override int MinBytes => 2;

    public override void Write(ByteSink to, LogEvent value)
    {
        var line = value.Utf8;
        to.WriteSigned(value.LineNumber);
        to.WriteCount(line.Length);
        to.WriteBytes(line);
    }

    public override LogEvent Read(ByteSource from)
    {
        var number = from.ReadSigned();
        var line = from.ReadBytes(from.ReadCount()).ToArray();
        return new(line, 0, line.Length, number);
    }
}
