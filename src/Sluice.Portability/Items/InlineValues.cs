using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>A value that is its bytes in memory, whichever they are, the lowest first: many of them are one copy.</summary>
internal sealed class RawCodec<T> : InlineCodec<T>
    where T : unmanaged
{
    private static readonly IReadOnlyList<FieldSchema> s_parts = typeof(T).IsEnum ? EnumMembers.PartsOf(typeof(T)) : [];

    internal override int MinBytes => Unsafe.SizeOf<T>();

    internal override IReadOnlyList<FieldSchema> Parts => s_parts;

    internal static void Put(ByteSink to, ref T value) => to.WriteValue(BitConverter.IsLittleEndian ? value : Reversed(value));

    internal static void Take(ByteSource from, ref T value) => value = BitConverter.IsLittleEndian ? from.ReadValue<T>() : Reversed(from.ReadValue<T>());

    internal override void Write(ByteSink to, ref T value) => Put(to, ref value);

    internal override void Read(ByteSource from, ref T value) => Take(from, ref value);

    internal override void WriteAll(ByteSink to, ReadOnlySpan<T> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            to.WriteBytes(MemoryMarshal.AsBytes(values));
        }
        else
        {
            base.WriteAll(to, values);
        }
    }

    internal override void ReadAll(ByteSource from, Span<T> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            from.ReadBytes(checked(values.Length * Unsafe.SizeOf<T>())).CopyTo(MemoryMarshal.AsBytes(values));
        }
        else
        {
            base.ReadAll(from, values);
        }
    }

    internal override T[] NewArray(int length) => GC.AllocateUninitializedArray<T>(length);

    private static T Reversed(T value)
    {
        if (typeof(T) == typeof(Guid))
        {
            return (T)(object)new Guid(((Guid)(object)value).ToByteArray(bigEndian: true), bigEndian: false);
        }

        MemoryMarshal.AsBytes(new Span<T>(ref value)).Reverse();
        return value;
    }
}

/// <summary>A number or the like, as it is in snapshots.</summary>
internal sealed class InlinePlainCodec<T>(PlainCodec<T> codec) : InlineCodec<T>
{
    internal override int MinBytes => codec.MinBytes;

    internal override void Write(ByteSink to, ref T value) => codec.Write(to, value);

    internal override void Read(ByteSource from, ref T value) => value = codec.Read(from);
}

internal sealed class InlineBoolCodec : InlineCodec<bool>
{
    internal override void Write(ByteSink to, ref bool value) => to.WriteBool(value);

    internal override void Read(ByteSource from, ref bool value) => value = from.ReadBool();

    internal override void WriteAll(ByteSink to, ReadOnlySpan<bool> values) => to.WriteBytes(MemoryMarshal.AsBytes(values));

    internal override void ReadAll(ByteSource from, Span<bool> values)
    {
        var raw = from.ReadBytes(values.Length);
        if (raw.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw ByteSource.NoBool();
        }

        raw.CopyTo(MemoryMarshal.AsBytes(values));
    }
}

internal sealed class InlineDateTimeCodec : InlineCodec<DateTime>
{
    internal override int MinBytes => sizeof(ulong);

    internal override void Write(ByteSink to, ref DateTime value) => to.WriteFixed64(DateTimes.ToBits(value));

    internal override void Read(ByteSource from, ref DateTime value) => value = DateTimes.FromBits(from.ReadFixed64());
}

internal sealed class InlineTextCodec : InlineCodec<string?>
{
    internal static void Put(ByteSink to, ref string? value) => to.WriteTextOrNull(value);

    internal static void Take(ByteSource from, ref string? value) => value = from.ReadTextOrNull();

    internal override void Write(ByteSink to, ref string? value) => to.WriteTextOrNull(value);

    internal override void Read(ByteSource from, ref string? value) => value = from.ReadTextOrNull();
}

internal sealed class InlineNullableCodec<T>(InlineCodec<T> codec) : InlineCodec<T?>
    where T : struct
{
    internal override IReadOnlyList<FieldSchema> Parts => codec.Parts;

    internal override void Write(ByteSink to, ref T? value)
    {
        to.WriteBool(value is not null);
        if (value is { } there)
        {
            codec.Write(to, ref there);
        }
    }

    internal override void Read(ByteSource from, ref T? value)
    {
        value = null;
        if (from.ReadBool())
        {
            T there = default;
            codec.Read(from, ref there);
            value = there;
        }
    }
}

/// <summary>The same in a snapshot or a graph, where fields would not do.</summary>
internal sealed class InlineValueCodec<T> : ValueCodec<T>
{
    private readonly InlineCodec<T> _codec = InlineCodecs.For<T>(byReflection: false);

    internal override int MinBytes => _codec.MinBytes;

    internal override IReadOnlyList<FieldSchema> Parts => _codec.Parts;

    internal override void Write(SnapshotWriter writer, ref T value) => _codec.Write(writer.Bodies, ref value);

    internal override void Read(SnapshotReader reader, ref T value) => _codec.Read(reader.Bodies, ref value);
}
