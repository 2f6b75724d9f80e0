using System.Globalization;

namespace Sluice.Durable;

/// <summary>Values of rows: as parameters take them, and as bytes of a checkpoint.</summary>
internal static class SqlValues
{
    private enum Tag : byte
    {
        Null,
        Bool,
        Short,
        Int,
        Long,
        Float,
        Double,
        Decimal,
        Text,
        Bytes,
        DateTime,
        DateTimeOffset,
        DateOnly,
        TimeOnly,
        TimeSpan,
        Guid,
    }

    /// <summary>The value as one of the types that databases and <see cref="Write"/> know.</summary>
    internal static object? Plain(object? value, string column) => value switch
    {
        null or bool or short or int or long or float or double or decimal or string or byte[] or DateTime or DateTimeOffset or DateOnly or TimeOnly or TimeSpan or System.Guid => value,
        DBNull => null,
        byte or sbyte => Convert.ToInt16(value, CultureInfo.InvariantCulture),
        ushort number => (int)number,
        uint number => (long)number,
        ulong number => (decimal)number,
        char letter => letter.ToString(),
        ReadOnlyMemory<byte> bytes => bytes.ToArray(),
        Enum => Plain(Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), CultureInfo.InvariantCulture), column),
        _ => throw new NotSupportedException($"Column '{column}' gets a {value.GetType()}, which is no value of a table. Give the sink its columns, with functions that make numbers, texts, dates or bytes of it."),
    };

    /// <summary>A version, the number of rows and of columns, and the values, each behind the number of its kind.</summary>
    internal static byte[] ToBytes(IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write((byte)1);
        to.Write(rows.Count);
        to.Write(rows[0].Length);
        foreach (var value in rows.SelectMany(static row => row))
        {
            Write(to, value);
        }

        to.Flush();
        return bytes.ToArray();
    }

    internal static List<object?[]> FromBytes(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return [];
        }

        using var from = new BinaryReader(new MemoryStream(bytes.ToArray()));
        if (from.ReadByte() is var version && version != 1)
        {
            throw new StoreDamagedException($"The rows of a sink in a checkpoint have format {version}; this version of Sluice knows format 1. Use the newer version that wrote them.");
        }

        var (count, columns) = (from.ReadInt32(), from.ReadInt32());
        var rows = new List<object?[]>(count);
        for (var i = 0; i < count; i++)
        {
            var row = new object?[columns];
            for (var j = 0; j < columns; j++)
            {
                row[j] = Read(from);
            }

            rows.Add(row);
        }

        return rows;
    }

    private static void Write(BinaryWriter to, object? value)
    {
        switch (value)
        {
            case null: to.Write((byte)Tag.Null); break;
            case bool truth: to.Write((byte)Tag.Bool); to.Write(truth); break;
            case short number: to.Write((byte)Tag.Short); to.Write(number); break;
            case int number: to.Write((byte)Tag.Int); to.Write(number); break;
            case long number: to.Write((byte)Tag.Long); to.Write(number); break;
            case float number: to.Write((byte)Tag.Float); to.Write(number); break;
            case double number: to.Write((byte)Tag.Double); to.Write(number); break;
            case decimal number: to.Write((byte)Tag.Decimal); to.Write(number); break;
            case string text: to.Write((byte)Tag.Text); WriteText(to, text); break;
            case byte[] bytes: to.Write((byte)Tag.Bytes); to.Write(bytes.Length); to.Write(bytes); break;
            case DateTime time: to.Write((byte)Tag.DateTime); to.Write(time.Ticks); to.Write((byte)time.Kind); break;
            case DateTimeOffset time: to.Write((byte)Tag.DateTimeOffset); to.Write(time.Ticks); to.Write(time.Offset.Ticks); break;
            case DateOnly day: to.Write((byte)Tag.DateOnly); to.Write(day.DayNumber); break;
            case TimeOnly time: to.Write((byte)Tag.TimeOnly); to.Write(time.Ticks); break;
            case TimeSpan time: to.Write((byte)Tag.TimeSpan); to.Write(time.Ticks); break;
            case Guid id: to.Write((byte)Tag.Guid); to.Write(id.ToByteArray()); break;
            default: throw new InvalidOperationException($"{value.GetType()} was not made plain.");
        }
    }

    private static object? Read(BinaryReader from) => (Tag)from.ReadByte() switch
    {
        Tag.Null => null,
        Tag.Bool => from.ReadBoolean(),
        Tag.Short => from.ReadInt16(),
        Tag.Int => from.ReadInt32(),
        Tag.Long => from.ReadInt64(),
        Tag.Float => from.ReadSingle(),
        Tag.Double => from.ReadDouble(),
        Tag.Decimal => from.ReadDecimal(),
        Tag.Text => ReadText(from),
        Tag.Bytes => from.ReadBytes(from.ReadInt32()),
        Tag.DateTime => new DateTime(from.ReadInt64(), (DateTimeKind)from.ReadByte()),
        Tag.DateTimeOffset => new DateTimeOffset(from.ReadInt64(), new(from.ReadInt64())),
        Tag.DateOnly => DateOnly.FromDayNumber(from.ReadInt32()),
        Tag.TimeOnly => new TimeOnly(from.ReadInt64()),
        Tag.TimeSpan => new TimeSpan(from.ReadInt64()),
        Tag.Guid => new Guid(from.ReadBytes(16)),
        var tag => throw new StoreDamagedException($"The rows of a sink in a checkpoint have a value of kind {(int)tag}, which this version of Sluice does not know."),
    };

    /// <summary>By its UTF-16 code units: half of a pair that is alone stays as it is.</summary>
    private static void WriteText(BinaryWriter to, string text)
    {
        to.Write(text.Length);
        to.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static string ReadText(BinaryReader from) => System.Text.Encoding.Unicode.GetString(from.ReadBytes(2 * from.ReadInt32()));
}
