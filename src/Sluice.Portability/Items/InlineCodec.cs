using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Describes how values of a type that are trees are written, without a description.</summary>
internal abstract class InlineCodec
{
    /// <summary>The least number of bytes that a value takes; at least one.</summary>
    internal virtual int MinBytes => 1;

    /// <summary>The parts of a value.</summary>
    internal virtual IReadOnlyList<FieldSchema> Parts => [];

    internal abstract void WriteBoxed(ByteSink to, object? value);

    internal abstract object? ReadBoxed(ByteSource from);
}

internal abstract class InlineCodec<T> : InlineCodec
{
    internal abstract void Write(ByteSink to, ref T value);

    internal abstract void Read(ByteSource from, ref T value);

    internal virtual void WriteAll(ByteSink to, ReadOnlySpan<T> values)
    {
        foreach (ref readonly var value in values)
        {
            Write(to, ref Unsafe.AsRef(in value));
        }
    }

    internal virtual void ReadAll(ByteSource from, Span<T> values)
    {
        foreach (ref var value in values)
        {
            Read(from, ref value);
        }
    }

    /// <summary>An array for <see cref="ReadAll"/>.</summary>
    internal virtual T[] NewArray(int length) => new T[length];

    internal override void WriteBoxed(ByteSink to, object? value)
    {
        var typed = (T)value!;
        Write(to, ref typed);
    }

    internal override object? ReadBoxed(ByteSource from)
    {
        T value = default!;
        Read(from, ref value);
        return value;
    }
}
