using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>A reference: the number of the object.</summary>
internal sealed class ReferenceCodec<T> : ValueCodec<T>
    where T : class?
{
    internal override void Write(SnapshotWriter writer, ref T value) => writer.Reference(value);

    internal override void Read(SnapshotReader reader, ref T value) => value = (T)reader.Reference()!;
}

/// <summary>A value, field by field.</summary>
internal sealed class StructCodec<T> : ValueCodec<T>
{
    private static readonly int s_minBytes = Math.Max(1, Fields<T>.MinBytes);

    internal override int MinBytes => s_minBytes;

    internal override IReadOnlyList<FieldSchema> Parts => Fields<T>.Schema;

    internal override void Write(SnapshotWriter writer, ref T value)
    {
        if (Fields<T>.All.Count == 0)
        {
            writer.Bodies.WriteByte(0);
        }

        Fields<T>.Access(writer.UsesReflection).Write(writer, ref value);
    }

    internal override void Read(SnapshotReader reader, ref T value)
    {
        if (Fields<T>.All.Count == 0)
        {
            reader.Bodies.ReadByte();
        }

        Fields<T>.Access(reader.UsesReflection).Read(reader, ref value);
    }
}

internal sealed class EnumCodec<T> : ValueCodec<T>
    where T : struct, Enum
{
    private static readonly IReadOnlyList<FieldSchema> s_parts = EnumMembers.PartsOf(typeof(T));

    internal override IReadOnlyList<FieldSchema> Parts => s_parts;

    internal override void Write(SnapshotWriter writer, ref T value) => writer.Bodies.WriteSigned(Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.As<T, sbyte>(ref value),
        2 => Unsafe.As<T, short>(ref value),
        4 => Unsafe.As<T, int>(ref value),
        _ => Unsafe.As<T, long>(ref value),
    });

    internal override void Read(SnapshotReader reader, ref T value)
    {
        var number = reader.Bodies.ReadSigned();
        switch (Unsafe.SizeOf<T>())
        {
            case 1:
                Unsafe.As<T, sbyte>(ref value) = checked((sbyte)number);
                break;
            case 2:
                Unsafe.As<T, short>(ref value) = checked((short)number);
                break;
            case 4:
                Unsafe.As<T, int>(ref value) = checked((int)number);
                break;
            default:
                Unsafe.As<T, long>(ref value) = number;
                break;
        }
    }
}

/// <summary>A value of an enumeration whose members were others when it was stored, for the upgrade of the method that has it.</summary>
internal sealed class FormerEnumCodec(Dictionary<long, string> names) : ValueCodec<object?>
{
    /// <summary>How a stored variable is read: as it is here, or so.</summary>
    internal static ValueCodec Of(FieldSchema stored)
    {
        var here = ValueCodec.For(stored.Type);
        return stored.Type.IsEnum && !here.Parts.Select(static part => part.Name).SequenceEqual(stored.Parts.Select(static part => part.Name))
            ? new FormerEnumCodec(EnumMembers.NamesOf(stored.Parts)!)
            : here;
    }

    internal override void Write(SnapshotWriter writer, ref object? value) => throw new NotSupportedException("Values of former enumerations are only read.");

    /// <summary>The member's name as text; the number if there is none, as of flags that are combined.</summary>
    internal override void Read(SnapshotReader reader, ref object? value)
    {
        var number = reader.Bodies.ReadSigned();
        value = names.TryGetValue(number, out var name) ? name : number;
    }
}

internal sealed class NullableCodec<T> : ValueCodec<T?>
    where T : struct
{
    internal override IReadOnlyList<FieldSchema> Parts => Values<T>.Codec.Parts;

    internal override void Write(SnapshotWriter writer, ref T? value)
    {
        writer.Bodies.WriteBool(value is not null);
        if (value is { } there)
        {
            Values<T>.Write(writer, ref there);
        }
    }

    internal override void Read(SnapshotReader reader, ref T? value)
    {
        if (reader.Bodies.ReadBool())
        {
            T there = default;
            Values<T>.Read(reader, ref there);
            value = there;
        }
        else
        {
            value = null;
        }
    }
}

/// <summary>A value that cannot be stored, unless it is empty: what an ended await or an unused variable leaves.</summary>
internal sealed class EmptyCodec<T> : ValueCodec<T>
    where T : struct
{
    internal override void Write(SnapshotWriter writer, ref T value)
    {
        // References too: whether they are null can be read from their bytes, and nothing else is read.
        if (MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref value), Unsafe.SizeOf<T>()).ContainsAnyExcept((byte)0))
        {
            throw writer.RefuseValue(typeof(T), typeof(T) == typeof(CancellationToken)
                ? "a cancellation token cannot be stored. Take it from the inbox (Inbox.Cancellation) each time"
                : PortableTypes.Refusal(typeof(T)) ?? "values of this type cannot be stored");
        }

        writer.Bodies.WriteByte(0);
    }

    internal override void Read(SnapshotReader reader, ref T value) => reader.Bodies.ReadByte();
}

/// <summary>What guards an object in its process, such as its strand: the one that is resumed gets another one.</summary>
internal sealed class GuardCodec<T> : ValueCodec<T?>
{
    internal override void Write(SnapshotWriter writer, ref T? value) => writer.Bodies.WriteByte(0);

    internal override void Read(SnapshotReader reader, ref T? value)
    {
        reader.Bodies.ReadByte();
        value = default;
    }
}

/// <summary>The builder in a state machine: nothing but the coroutine itself.</summary>
internal sealed class BuilderCodec : ValueCodec<CoroutineMethodBuilder>
{
    internal override void Write(SnapshotWriter writer, ref CoroutineMethodBuilder value)
    {
    }

    internal override void Read(SnapshotReader reader, ref CoroutineMethodBuilder value) => value = new(reader.Box!);
}

internal sealed class BuilderCodec<TResult> : ValueCodec<CoroutineMethodBuilder<TResult>>
{
    internal override void Write(SnapshotWriter writer, ref CoroutineMethodBuilder<TResult> value)
    {
    }

    internal override void Read(SnapshotReader reader, ref CoroutineMethodBuilder<TResult> value) => value = new((Coroutine<TResult>)reader.Box!);
}

/// <summary>One of our awaiters. The only one that is not empty tells what the coroutine waits for.</summary>
internal sealed class LinkCodec<T> : ValueCodec<T>
    where T : struct
{
    internal override IReadOnlyList<FieldSchema> Parts => Fields<T>.Schema;

    internal override void Write(SnapshotWriter writer, ref T value)
    {
        Fields<T>.Access(writer.UsesReflection).Write(writer, ref value);
        if (LinkOf(value) is { } link)
        {
            writer.Link = writer.Link is null ? link : throw writer.Refuse("it awaits several things at a time", typeof(T));
        }
    }

    internal override void Read(SnapshotReader reader, ref T value)
    {
        Fields<T>.Access(reader.UsesReflection).Read(reader, ref value);
        if (LinkOf(value) is { } link)
        {
            reader.Link = reader.Link is null ? link : throw new SnapshotException("The snapshot is damaged: a coroutine awaits several things at a time.");
        }
    }

    private static object? LinkOf(T awaiter) => awaiter is IParkingAwaiter parking ? parking.Place : ((IChildAwaiter)awaiter).Child;
}
