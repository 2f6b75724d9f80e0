using System.Numerics;
using System.Text;

namespace Sluice;

/// <summary>The values that are numbers in the end. Whole ones are short if they are small.</summary>
internal static class PlainValues
{
    /// <summary>Makes each codec when it is asked for: two dozen generic types take a program, and each worker process, some time at its start.</summary>
    private static readonly Dictionary<Type, Func<ValueCodec>> s_codecs = new()
    {
        [typeof(bool)] = static () => new PlainCodec<bool>(1, static (to, value) => to.WriteBool(value), static from => from.ReadBool()),
        [typeof(byte)] = static () => new PlainCodec<byte>(1, static (to, value) => to.WriteByte(value), static from => from.ReadByte()),
        [typeof(sbyte)] = static () => new PlainCodec<sbyte>(1, static (to, value) => to.WriteByte((byte)value), static from => (sbyte)from.ReadByte()),
        [typeof(short)] = static () => new PlainCodec<short>(1, static (to, value) => to.WriteSigned(value), static from => checked((short)from.ReadSigned())),
        [typeof(ushort)] = static () => new PlainCodec<ushort>(1, static (to, value) => to.WriteVarint(value), static from => checked((ushort)from.ReadVarint())),
        [typeof(int)] = static () => new PlainCodec<int>(1, static (to, value) => to.WriteSigned(value), static from => checked((int)from.ReadSigned())),
        [typeof(uint)] = static () => new PlainCodec<uint>(1, static (to, value) => to.WriteVarint(value), static from => checked((uint)from.ReadVarint())),
        [typeof(long)] = static () => new PlainCodec<long>(1, static (to, value) => to.WriteSigned(value), static from => from.ReadSigned()),
        [typeof(ulong)] = static () => new PlainCodec<ulong>(1, static (to, value) => to.WriteVarint(value), static from => from.ReadVarint()),
        [typeof(char)] = static () => new PlainCodec<char>(1, static (to, value) => to.WriteVarint(value), static from => (char)checked((ushort)from.ReadVarint())),
        [typeof(Half)] = static () => new PlainCodec<Half>(1, static (to, value) => to.WriteVarint(BitConverter.HalfToUInt16Bits(value)), static from => BitConverter.UInt16BitsToHalf(checked((ushort)from.ReadVarint()))),
        [typeof(float)] = static () => new PlainCodec<float>(4, static (to, value) => to.WriteFixed32(BitConverter.SingleToUInt32Bits(value)), static from => BitConverter.UInt32BitsToSingle(from.ReadFixed32())),
        [typeof(double)] = static () => new PlainCodec<double>(8, static (to, value) => to.WriteFixed64(BitConverter.DoubleToUInt64Bits(value)), static from => BitConverter.UInt64BitsToDouble(from.ReadFixed64())),
        [typeof(decimal)] = static () => new PlainCodec<decimal>(16, WriteDecimal, ReadDecimal),
        [typeof(Int128)] = static () => new PlainCodec<Int128>(16, static (to, value) => WriteInt128(to, (UInt128)value), static from => (Int128)ReadInt128(from)),
        [typeof(UInt128)] = static () => new PlainCodec<UInt128>(16, WriteInt128, ReadInt128),
        [typeof(BigInteger)] = static () => new PlainCodec<BigInteger>(1, WriteBigInteger, static from => new(from.ReadBytes(from.ReadCount()))),
        [typeof(Guid)] = static () => new PlainCodec<Guid>(16, static (to, value) => value.TryWriteBytes(to.Take(16)), static from => new(from.ReadBytes(16))),
        [typeof(Rune)] = static () => new PlainCodec<Rune>(1, static (to, value) => to.WriteVarint((uint)value.Value), static from => new(checked((uint)from.ReadVarint()))),
        [typeof(TimeSpan)] = static () => new PlainCodec<TimeSpan>(1, static (to, value) => to.WriteSigned(value.Ticks), static from => new(from.ReadSigned())),
        [typeof(DateTime)] = static () => new PlainCodec<DateTime>(1, static (to, value) => to.WriteVarint(DateTimes.ToBits(value)), static from => DateTimes.FromBits(from.ReadVarint())),
        [typeof(DateTimeOffset)] = static () => new PlainCodec<DateTimeOffset>(2, static (to, value) => { to.WriteSigned(value.Ticks); to.WriteSigned(value.TotalOffsetMinutes); }, static from => new(from.ReadSigned(), TimeSpan.FromMinutes(from.ReadSigned()))),
        [typeof(DateOnly)] = static () => new PlainCodec<DateOnly>(1, static (to, value) => to.WriteSigned(value.DayNumber), static from => DateOnly.FromDayNumber(checked((int)from.ReadSigned()))),
        [typeof(TimeOnly)] = static () => new PlainCodec<TimeOnly>(1, static (to, value) => to.WriteSigned(value.Ticks), static from => new(from.ReadSigned())),
    };

    internal static IReadOnlyCollection<Type> Types => s_codecs.Keys;

    internal static bool Has(Type type) => s_codecs.ContainsKey(type);

    /// <summary>Makes the codec; null if it is no such value.</summary>
    internal static ValueCodec? TryCreate(Type type) => s_codecs.GetValueOrDefault(type)?.Invoke();

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
