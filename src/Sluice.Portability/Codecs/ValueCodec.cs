using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Describes how a field or element of some type is stored within what it is part of.</summary>
internal abstract class ValueCodec
{
    private static readonly ConcurrentDictionary<Type, ValueCodec> s_all = new();

    /// <summary>The least number of bytes that a value takes; at least one.</summary>
    internal virtual int MinBytes => 1;

    /// <summary>The fields of a value that is stored field by field.</summary>
    internal virtual IReadOnlyList<FieldSchema> Parts => [];

    internal static ValueCodec For(Type type) => s_all.GetOrAdd(type, static type =>
        (ValueCodec)typeof(Values<>).MakeGenericType(type).GetProperty(nameof(Values<int>.Codec), BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!);

    internal abstract void WriteBoxed(SnapshotWriter writer, object? value);

    internal abstract object? ReadBoxed(SnapshotReader reader);
}

internal abstract class ValueCodec<T> : ValueCodec
{
    internal abstract void Write(SnapshotWriter writer, ref T value);

    internal abstract void Read(SnapshotReader reader, ref T value);

    internal override void WriteBoxed(SnapshotWriter writer, object? value)
    {
        var typed = (T)value!;
        Write(writer, ref typed);
    }

    internal override object? ReadBoxed(SnapshotReader reader)
    {
        T value = default!;
        Read(reader, ref value);
        return value;
    }
}

/// <summary>The codec of a type, found once; what emitted code calls.</summary>
internal static class Values<T>
{
    internal static ValueCodec<T> Codec { get; } = (ValueCodec<T>)Make();

    internal static void Write(SnapshotWriter writer, ref T value) => Codec.Write(writer, ref value);

    internal static void Read(SnapshotReader reader, ref T value) => Codec.Read(reader, ref value);

    private static ValueCodec Make()
    {
        var type = typeof(T);
        if (PlainValues.TryCreate(type) is { } plain)
        {
            return plain;
        }

        if ((type.IsValueType && OwnCodecs.Has(type)) || (InlineCodecs.IsMemory(type) && InlineCodecs.IsRaw(type.GetGenericArguments()[0])))
        {
            return Of(typeof(InlineValueCodec<>), type);
        }

        if (type == typeof(Strand) || type == typeof(StepGuard))
        {
            return Of(typeof(GuardCodec<>), type);
        }

        if (!type.IsValueType)
        {
            return Of(typeof(ReferenceCodec<>), type);
        }

        if (type.IsEnum)
        {
            return Of(typeof(EnumCodec<>), type);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(typeof(NullableCodec<>), underlying);
        }

        if (type == typeof(CoroutineMethodBuilder))
        {
            return new BuilderCodec();
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(CoroutineMethodBuilder<>))
        {
            return Of(typeof(BuilderCodec<>), type.GetGenericArguments()[0]);
        }

        if (typeof(IParkingAwaiter).IsAssignableFrom(type) || typeof(IChildAwaiter).IsAssignableFrom(type))
        {
            return Of(typeof(LinkCodec<>), type);
        }

        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } inline && (PortableTypes.IsPlain(type) || PortableTypes.IsOfCompilerServices(type)))
        {
            return Of(typeof(InlineArrayCodec<,>), [type, Fields<T>.All[0].FieldType], inline.Length);
        }

        return PortableTypes.IsPlain(type) && Fields<T>.Refusal is null ? new StructCodec<T>() : Of(typeof(EmptyCodec<>), type);
    }

    private static ValueCodec Of(Type codec, Type argument) => Of(codec, [argument]);

    private static ValueCodec Of(Type codec, Type[] types, params object[] arguments) =>
        (ValueCodec)Activator.CreateInstance(codec.MakeGenericType(types), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, arguments, null)!;
}
