using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>An array that is stored in place: its elements.</summary>
internal sealed class InlineArrayCodec<TArray, TElement>(int length) : ValueCodec<TArray>
    where TArray : struct
{
    internal override int MinBytes => length * Values<TElement>.Codec.MinBytes;

    internal override IReadOnlyList<FieldSchema> Parts => Fields<TArray>.Schema;

    internal override void Write(SnapshotWriter writer, ref TArray value)
    {
        foreach (ref var element in MemoryMarshal.CreateSpan(ref Unsafe.As<TArray, TElement>(ref value), length))
        {
            Values<TElement>.Write(writer, ref element);
        }
    }

    internal override void Read(SnapshotReader reader, ref TArray value)
    {
        foreach (ref var element in MemoryMarshal.CreateSpan(ref Unsafe.As<TArray, TElement>(ref value), length))
        {
            Values<TElement>.Read(reader, ref element);
        }
    }
}
