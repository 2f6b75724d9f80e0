using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>A clock and how long ago it was, since timestamps count from somewhere else in each process.</summary>
internal sealed class ElapsedTimeCodec() : TypeCodec(typeof(ElapsedTime))
{
    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        writer.Reference(Clock((ElapsedTime)item));
        writer.Bodies.WriteSigned(((ElapsedTime)item).Value.Ticks);
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        Clock((ElapsedTime)item) = reader.Reference() as TimeProvider ?? throw new SnapshotException("The snapshot is damaged: a time that passes without a clock.");
        var passed = new TimeSpan(reader.Bodies.ReadSigned()) + reader.Options.Downtime;
        reader.Finish(() => ((ElapsedTime)item).GoOn(passed)); // the clock itself must be whole
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_clock")]
    private static extern ref TimeProvider Clock(ElapsedTime time);
}
