using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>An object, field by field.</summary>
internal sealed class ObjectCodec<T>() : TypeCodec(typeof(T))
    where T : class
{
    internal override IReadOnlyList<FieldSchema> Layout => Fields<T>.Schema;

    internal override string? Refusal => Fields<T>.Refusal;

    internal override TypeCodec? TryUpgrade(SchemaBytes stored, int version, SnapshotOptions options) =>
        StageVersionAttribute.UpgradeOf(typeof(T)) is { } upgrade && version < StageVersionAttribute.Of(typeof(T))
            ? new UpgradingObjectCodec<T>(upgrade, version, Schemas.FieldsOf(stored, options))
            : null;

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var typed = Unsafe.As<T>(item);
        if (Fields<T>.AreVariables)
        {
            writer.BeginVariables(Fields<T>.All);
        }

        Fields<T>.Access(writer.UsesReflection).Write(writer, ref typed);
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var typed = Unsafe.As<T>(item);
        Fields<T>.Access(reader.UsesReflection).Read(reader, ref typed);
        if (typed is IKeptState state && !reader.Options.IsToDescribe)
        {
            reader.Finish(() =>
            {
                if (!state.IsWhole)
                {
                    throw new SnapshotException($"The snapshot is damaged: the parts of a '{Type.Name}' do not fit together.");
                }
            });
        }
    }
}

/// <summary>A value that is an object by itself.</summary>
internal sealed class BoxedCodec<T>() : TypeCodec(typeof(T))
    where T : struct
{
    internal override IReadOnlyList<FieldSchema> Layout => Values<T>.Codec.Parts;

    internal override void WriteBody(SnapshotWriter writer, object item) => Values<T>.Write(writer, ref Unsafe.Unbox<T>(item));

    internal override void ReadBody(SnapshotReader reader, object item) => Values<T>.Read(reader, ref Unsafe.Unbox<T>(item));
}

/// <summary>An array of any rank: its lengths, then its elements.</summary>
internal sealed class ArrayCodec<T>(Type type) : TypeCodec(type)
{
    private readonly int _rank = type.GetArrayRank();

    internal override IReadOnlyList<FieldSchema> Layout => Values<T>.Codec.Parts;

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var array = (Array)item;
        for (var dimension = 0; dimension < _rank; dimension++)
        {
            if (array.GetLowerBound(dimension) != 0)
            {
                throw writer.Refuse("an array that does not begin at 0 cannot be stored", Type);
            }

            writer.Heads.WriteCount(array.GetLength(dimension));
        }
    }

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        if (item is byte[] bytes)
        {
            writer.Bodies.WriteBytes(bytes);
            return;
        }

        foreach (ref var element in Elements(item))
        {
            Values<T>.Write(writer, ref element);
        }
    }

    internal override object Create(SnapshotReader reader)
    {
        if (Type.IsSZArray)
        {
            return new T[reader.PromisedCount(Values<T>.Codec.MinBytes)];
        }

        var lengths = new int[_rank];
        reader.ReadLengths(lengths, Values<T>.Codec.MinBytes);
        return Array.CreateInstanceFromArrayType(Type, lengths); // an array of one dimension that begins at 0 may still be of the general type
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        if (item is byte[] bytes)
        {
            reader.Bodies.ReadBytes(bytes.Length).CopyTo(bytes);
            return;
        }

        foreach (ref var element in Elements(item))
        {
            Values<T>.Read(reader, ref element);
        }
    }

    private static Span<T> Elements(object item)
    {
        var array = (Array)item;
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
    }
}

/// <summary>Stands for a type whose objects cannot be stored.</summary>
internal sealed class RefusedCodec(Type type, string reason) : TypeCodec(type)
{
    internal override string Refusal => reason;
}

/// <summary>In place of an object that stayed outside, and of a delegate to it, where a snapshot is only shown. Those that refer to it have null.</summary>
internal sealed class MissingObject
{
    internal static readonly MissingObject Instance = new();

    private MissingObject()
    {
    }
}

/// <summary>An object that stays where it is: only its name is stored.</summary>
internal sealed class OutsideCodec(string? name) : TypeCodec(typeof(object))
{
    internal static readonly OutsideCodec Instance = new(null);

    internal override bool IsOfType => false;

    internal override IEnumerable<Type> Names => [];

    internal override void WriteIdentity(ByteSink to) => to.WriteByte((byte)SchemaKind.Outside);

    internal override void WriteHead(SnapshotWriter writer, object item) => writer.Heads.WriteText(name);

    internal override object Create(SnapshotReader reader)
    {
        var wanted = reader.Heads.ReadText();
        return reader.Options.Outside.TryGetValue(wanted, out var item) && item is not null ? item
            : reader.Options.IsToDescribe ? MissingObject.Instance
            : throw new SnapshotException($"The snapshot refers to '{wanted}', which stayed outside of it: give an object of that name in {nameof(SnapshotOptions)}.{nameof(SnapshotOptions.Outside)}.");
    }

    public override bool Equals(object? obj) => obj is OutsideCodec;

    public override int GetHashCode() => 0;
}
