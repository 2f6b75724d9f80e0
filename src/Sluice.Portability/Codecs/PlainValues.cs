using System.Numerics;
using System.Text;

namespace Sluice;

/// <summary>The values that are numbers in the end. Whole ones are short if they are small.</summary>
internal static class PlainValues
{
    private static readonly Dictionary<Type, ValueCodec> s_codecs = new ValueCodec[]
    {
        new PlainCodec<bool>(1, static (to, value) => to.WriteBool(value), static from => from.ReadBool()),
        new PlainCodec<byte>(1, static (to, value) => to.WriteByte(value), static from => from.ReadByte()),
        new PlainCodec<sbyte>(1, static (to, value) => to.WriteByte((byte)value), static from => (sbyte)from.ReadByte()),
        new PlainCodec<short>(1, static (to, value) => to.WriteSigned(value), static from => checked((short)from.ReadSigned())),
        new PlainCodec<ushort>(1, static (to, value) => to.WriteVarint(value), static from => checked((ushort)from.ReadVarint())),
        new PlainCodec<int>(1, static (to, value) => to.WriteSigned(value), static from => checked((int)from.ReadSigned())),
        new PlainCodec<uint>(1, static (to, value) => to.WriteVarint(value), static from => checked((uint)from.ReadVarint())),
        new PlainCodec<long>(1, static (to, value) => to.WriteSigned(value), static from => from.ReadSigned()),
        new PlainCodec<ulong>(1, static (to, value) => to.WriteVarint(value), static from => from.ReadVarint()),
        new PlainCodec<char>(1, static (to, value) => to.WriteVarint(value), static from => (char)checked((ushort)from.ReadVarint())),
        new PlainCodec<Half>(1, static (to, value) => to.WriteVarint(BitConverter.HalfToUInt16Bits(value)), static from => BitConverter.UInt16BitsToHalf(checked((ushort)from.ReadVarint()))),
        new PlainCodec<float>(4, static (to, value) => to.WriteFixed32(BitConverter.SingleToUInt32Bits(value)), static from => BitConverter.UInt32BitsToSingle(from.ReadFixed32())),
        new PlainCodec<double>(8, static (to, value) => to.WriteFixed64(BitConverter.DoubleToUInt64Bits(value)), static from => BitConverter.UInt64BitsToDouble(from.ReadFixed64())),
        new PlainCodec<decimal>(16, WriteDecimal, ReadDecimal),
        new PlainCodec<Int128>(16, static (to, value) => WriteInt128(to, (UInt128)value), static from => (Int128)ReadInt128(from)),
        new PlainCodec<UInt128>(16, WriteInt128, ReadInt128),
        new PlainCodec<BigInteger>(1, WriteBigInteger, static from => new(from.ReadBytes(from.ReadCount()))),
        new PlainCodec<Guid>(16, static (to, value) => value.TryWriteBytes(to.Take(16)), static from => new(from.ReadBytes(16))),
        new PlainCodec<Rune>(1, static (to, value) => to.WriteVarint((uint)value.Value), static from => new(checked((uint)from.ReadVarint()))),
        new PlainCodec<TimeSpan>(1, static (to, value) => to.WriteSigned(value.Ticks), static from => new(from.ReadSigned())),
        new PlainCodec<DateTime>(1, static (to, value) => to.WriteVarint(DateTimes.ToBits(value)), static from => DateTimes.FromBits(from.ReadVarint())),
        new PlainCodec<DateTimeOffset>(2, static (to, value) => { to.WriteSigned(value.Ticks); to.WriteSigned(value.TotalOffsetMinutes); }, static from => new(from.ReadSigned(), TimeSpan.FromMinutes(from.ReadSigned()))),
        new PlainCodec<DateOnly>(1, static (to, value) => to.WriteSigned(value.DayNumber), static from => DateOnly.FromDayNumber(checked((int)from.ReadSigned()))),
        new PlainCodec<TimeOnly>(1, static (to, value) => to.WriteSigned(value.Ticks), static from => new(from.ReadSigned())),
    }.ToDictionary(static codec => codec.GetType().GetGenericArguments()[0]);

    internal static IEnumerable<Type> Types => s_codecs.Keys;

    internal static ValueCodec? Find(Type type) => s_codecs.GetValueOrDefault(type);

    private static void WriteBigInteger(ByteSink to, BigInteger value)
    {
        var count = value.GetByteCount();
        to.WriteCount(count);
        value.TryWriteBytes(to.Take(count), out _);
    }

    private static void WriteDecimal(ByteSink to, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        foreach (var part in parts)
        {
            to.WriteFixed32((uint)part);
        }
    }

    private static decimal ReadDecimal(ByteSource from) => new([(int)from.ReadFixed32(), (int)from.ReadFixed32(), (int)from.ReadFixed32(), (int)from.ReadFixed32()]);

    private static void WriteInt128(ByteSink to, UInt128 value)
    {
        to.WriteFixed64((ulong)value);
        to.WriteFixed64((ulong)(value >> 64));
    }

    private static UInt128 ReadInt128(ByteSource from)
    {
        var low = from.ReadFixed64();
        return new(from.ReadFixed64(), low);
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
