using System.Numerics;
using System.Text;

namespace Sluice;

/// <summary>The values that are numbers in the end. Whole ones are short if they are small.</summary>
internal static class PlainValues
{
    private static readonly Dictionary<Type, ValueCodec> s_codecs = new ValueCodec[]
    {
        new PlainCodec<bool>(1, static (to, value) => to.Byte(value ? (byte)1 : (byte)0), static from => from.Bool()),
        new PlainCodec<byte>(1, static (to, value) => to.Byte(value), static from => from.Byte()),
        new PlainCodec<sbyte>(1, static (to, value) => to.Byte((byte)value), static from => (sbyte)from.Byte()),
        new PlainCodec<short>(1, static (to, value) => to.Signed(value), static from => checked((short)from.Signed())),
        new PlainCodec<ushort>(1, static (to, value) => to.Varint(value), static from => checked((ushort)from.Varint())),
        new PlainCodec<int>(1, static (to, value) => to.Signed(value), static from => checked((int)from.Signed())),
        new PlainCodec<uint>(1, static (to, value) => to.Varint(value), static from => checked((uint)from.Varint())),
        new PlainCodec<long>(1, static (to, value) => to.Signed(value), static from => from.Signed()),
        new PlainCodec<ulong>(1, static (to, value) => to.Varint(value), static from => from.Varint()),
        new PlainCodec<char>(1, static (to, value) => to.Varint(value), static from => (char)checked((ushort)from.Varint())),
        new PlainCodec<Half>(1, static (to, value) => to.Varint(BitConverter.HalfToUInt16Bits(value)), static from => BitConverter.UInt16BitsToHalf(checked((ushort)from.Varint()))),
        new PlainCodec<float>(4, static (to, value) => to.Fixed32(BitConverter.SingleToUInt32Bits(value)), static from => BitConverter.UInt32BitsToSingle(from.Fixed32())),
        new PlainCodec<double>(8, static (to, value) => to.Fixed64(BitConverter.DoubleToUInt64Bits(value)), static from => BitConverter.UInt64BitsToDouble(from.Fixed64())),
        new PlainCodec<decimal>(16, WriteDecimal, ReadDecimal),
        new PlainCodec<Int128>(16, static (to, value) => WriteInt128(to, (UInt128)value), static from => (Int128)ReadInt128(from)),
        new PlainCodec<UInt128>(16, WriteInt128, ReadInt128),
        new PlainCodec<BigInteger>(1, WriteBigInteger, static from => new(from.Raw(from.Count()))),
        new PlainCodec<Guid>(16, static (to, value) => value.TryWriteBytes(to.Take(16)), static from => new(from.Raw(16))),
        new PlainCodec<Rune>(1, static (to, value) => to.Varint((uint)value.Value), static from => new(checked((uint)from.Varint()))),
        new PlainCodec<TimeSpan>(1, static (to, value) => to.Signed(value.Ticks), static from => new(from.Signed())),
        new PlainCodec<DateTime>(1, static (to, value) => to.Varint(((ulong)value.Ticks << 2) | (uint)value.Kind), ReadDateTime),
        new PlainCodec<DateTimeOffset>(2, static (to, value) => { to.Signed(value.Ticks); to.Signed(value.TotalOffsetMinutes); }, static from => new(from.Signed(), TimeSpan.FromMinutes(from.Signed()))),
        new PlainCodec<DateOnly>(1, static (to, value) => to.Signed(value.DayNumber), static from => DateOnly.FromDayNumber(checked((int)from.Signed()))),
        new PlainCodec<TimeOnly>(1, static (to, value) => to.Signed(value.Ticks), static from => new(from.Signed())),
    }.ToDictionary(static codec => codec.GetType().GetGenericArguments()[0]);

    internal static IEnumerable<Type> Types => s_codecs.Keys;

    internal static ValueCodec? Find(Type type) => s_codecs.GetValueOrDefault(type);

    private static void WriteBigInteger(ByteSink to, BigInteger value)
    {
        var count = value.GetByteCount();
        to.Count(count);
        value.TryWriteBytes(to.Take(count), out _);
    }

    private static DateTime ReadDateTime(ByteSource from)
    {
        var value = from.Varint();
        return new(checked((long)(value >> 2)), (DateTimeKind)(value & 3));
    }

    private static void WriteDecimal(ByteSink to, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        foreach (var part in parts)
        {
            to.Fixed32((uint)part);
        }
    }

    private static decimal ReadDecimal(ByteSource from) => new([(int)from.Fixed32(), (int)from.Fixed32(), (int)from.Fixed32(), (int)from.Fixed32()]);

    private static void WriteInt128(ByteSink to, UInt128 value)
    {
        to.Fixed64((ulong)value);
        to.Fixed64((ulong)(value >> 64));
    }

    private static UInt128 ReadInt128(ByteSource from)
    {
        var low = from.Fixed64();
        return new(from.Fixed64(), low);
    }
}

/// <summary>A value without references.</summary>
internal sealed class PlainCodec<T>(int minBytes, Action<ByteSink, T> write, Func<ByteSource, T> read) : ValueCodec<T>
{
    internal override int MinBytes => minBytes;

    internal void Write(ByteSink to, T value) => write(to, value);

    internal T Read(ByteSource from) => read(from);

    internal override void Write(SnapshotWriter writer, ref T value) => write(writer.Bodies, value);

    internal override void Read(SnapshotReader reader, ref T value) => value = read(reader.Bodies);
}
