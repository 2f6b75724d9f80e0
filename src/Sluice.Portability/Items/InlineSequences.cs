using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>Values in a row, by their number and one after the other; or nothing at all.</summary>
internal static class InlineSequence
{
    internal static void Write<T>(ByteSink to, ReadOnlySpan<T> values, InlineCodec<T> codec)
    {
        to.WriteVarint((ulong)values.Length + 1);
        codec.WriteAll(to, values);
    }

    internal static T[]? Read<T>(ByteSource from, InlineCodec<T> codec)
    {
        var count = from.ReadCountOrNull(codec.MinBytes);
        if (count <= 0)
        {
            return count < 0 ? null : [];
        }

        var values = codec.NewArray(count);
        codec.ReadAll(from, values);
        return values;
    }
}

internal sealed class InlineArrayCodec<T>(InlineCodec<T> codec) : InlineCodec<T[]?>
{
    internal override IReadOnlyList<FieldSchema> Parts => codec.Parts;

    internal override void Write(ByteSink to, ref T[]? value)
    {
        if (value is null)
        {
            to.WriteByte(0);
        }
        else
        {
            InlineSequence.Write(to, value, codec);
        }
    }

    internal override void Read(ByteSource from, ref T[]? value) => value = InlineSequence.Read(from, codec);
}

internal sealed class InlineListCodec<T>(InlineCodec<T> codec) : InlineCodec<List<T>?>
{
    internal override IReadOnlyList<FieldSchema> Parts => codec.Parts;

    internal override void Write(ByteSink to, ref List<T>? value)
    {
        if (value is null)
        {
            to.WriteByte(0);
            return;
        }

        if (value.GetType() != typeof(List<T>))
        {
            var reason = $"it derives from '{typeof(List<T>)}', whose inside cannot be stored. Have it as a field instead";
            throw new NotPortableException($"A '{value.GetType()}' cannot be stored: {reason}.", null, null, value.GetType(), reason);
        }

        InlineSequence.Write(to, CollectionsMarshal.AsSpan(value), codec);
    }

    internal override void Read(ByteSource from, ref List<T>? value)
    {
        var count = from.ReadCountOrNull(codec.MinBytes);
        if (count < 0)
        {
            value = null;
            return;
        }

        value = new List<T>(count);
        CollectionsMarshal.SetCount(value, count);
        codec.ReadAll(from, CollectionsMarshal.AsSpan(value));
    }
}

internal sealed class InlineReadOnlyMemoryCodec<T>(InlineCodec<T> codec) : InlineCodec<ReadOnlyMemory<T>>
{
    internal override IReadOnlyList<FieldSchema> Parts => codec.Parts;

    internal override void Write(ByteSink to, ref ReadOnlyMemory<T> value) => InlineSequence.Write(to, value.Span, codec);

    internal override void Read(ByteSource from, ref ReadOnlyMemory<T> value) => value = InlineSequence.Read(from, codec);
}
