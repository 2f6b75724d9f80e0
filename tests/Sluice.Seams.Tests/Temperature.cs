namespace Sluice.Seams.Tests;

/// <summary>A value whose fields are not what it stores: it is written in tenths of a degree.</summary>
[PortableCodec(typeof(TemperatureCodec))]
public readonly record struct Temperature(double Kelvin)
{
    private readonly nint _handle = 7; // by itself this could not be stored

    public bool HasHandle => _handle == 7;
}

internal sealed class TemperatureCodec : PortableCodec<Temperature>
{
    private TemperatureCodec()
    {
    }

    public override void Write(ByteSink to, Temperature value) => to.WriteSigned((long)Math.Round(value.Kelvin * 10));

    public override Temperature Read(ByteSource from) => new(from.ReadSigned() / 10.0);
}

/// <summary>An object with a codec. It is not sealed, so as an item it may be of a derived class.</summary>
[PortableCodec(typeof(StationCodec))]
public class Station(string name, IReadOnlyList<double> readings)
{
    private readonly Lock _gate = new(); // this could not be stored either

    public string Name => name;

    public IReadOnlyList<double> Readings
    {
        get
        {
            lock (_gate)
            {
                return readings;
            }
        }
    }
}

public sealed class StationCodec : PortableCodec<Station>
{
    public override int MinBytes => 2;

    public override void Write(ByteSink to, Station value)
    {
        to.WriteText(value.Name);
        to.WriteCount(value.Readings.Count);
        foreach (var reading in value.Readings)
        {
            to.WriteFixed64(BitConverter.DoubleToUInt64Bits(reading));
        }
    }

    public override Station Read(ByteSource from)
    {
        var name = from.ReadText();
        var readings = new double[from.ReadCount(sizeof(double))];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = BitConverter.UInt64BitsToDouble(from.ReadFixed64());
        }

        return new(name, readings);
    }
}

/// <summary>A sealed class: its items need no type.</summary>
[PortableCodec(typeof(Codec))]
public sealed class Label(string text)
{
    private readonly Stream _stream = Stream.Null; // nor could this

    public string Text => text;

    public bool IsWhole => _stream is not null;

    private sealed class Codec : PortableCodec<Label>
    {
        public override int Version => 3;

        public override void Write(ByteSink to, Label value) => to.WriteText(value.Text);

        public override Label Read(ByteSource from) => new(from.ReadText());
    }
}
