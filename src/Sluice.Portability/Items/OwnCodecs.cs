using System.Reflection;

namespace Sluice;

/// <summary>The codecs that types bring along: see <see cref="PortableCodec{T}"/>.</summary>
internal static class OwnCodecs
{
    /// <summary>Returns whether the type names a codec.</summary>
    internal static bool Has(Type type) => type.IsDefined(typeof(PortableCodecAttribute), false);

    /// <summary>Makes the type's codec, which the caller keeps; null if the type names none.</summary>
    /// <exception cref="InvalidOperationException">Thrown: what it names is no codec of the type.</exception>
    internal static PortableCodec? Of(Type type)
    {
        if (type.GetCustomAttribute<PortableCodecAttribute>(false) is not { Codec: { } named })
        {
            return null;
        }

        if (!named.IsAssignableTo(typeof(PortableCodec)) || named.IsAbstract || named.ContainsGenericParameters || named.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []) is not { } constructor)
        {
            throw new InvalidOperationException($"'{type}' names '{named}' as its codec, which has to derive from {nameof(PortableCodec)}<{type.Name}> and to have a constructor without parameters.");
        }

        var codec = (PortableCodec)constructor.Invoke(null);
        return codec.ValueType == type ? codec : throw new InvalidOperationException($"'{type}' names '{named}' as its codec, which is one for '{codec.ValueType}'.");
    }

    /// <summary>The part of a type's description about its codec: nothing for a first version.</summary>
    internal static IReadOnlyList<FieldSchema> PartsOf(PortableCodec codec) =>
        codec.Version == 1 ? [] : [new($"version {codec.Version} of {codec.GetType().Name}", typeof(int), [])];

    internal static void Write<T>(PortableCodec<T> codec, ByteSink to, T value)
    {
        var start = to.Length;
        codec.Write(to, value);
        if (to.Length - start < codec.MinBytes)
        {
            throw new InvalidOperationException($"The codec '{codec.GetType()}' wrote {to.Length - start} bytes, less than its {nameof(codec.MinBytes)}, {codec.MinBytes}.");
        }
    }
}

/// <summary>A value that its type's codec writes.</summary>
internal sealed class OwnValueCodec<T>(PortableCodec<T> codec) : InlineCodec<T>
    where T : struct
{
    internal override int MinBytes => codec.MinBytes;

    internal override IReadOnlyList<FieldSchema> Parts { get; } = OwnCodecs.PartsOf(codec);

    internal override void Write(ByteSink to, ref T value) => OwnCodecs.Write(codec, to, value);

    internal override void Read(ByteSource from, ref T value) => value = codec.Read(from);
}

/// <summary>An object of a sealed class that the class's codec writes, or null.</summary>
internal sealed class OwnReferenceCodec<T>(PortableCodec<T> codec) : InlineCodec<T?>
    where T : class
{
    internal override IReadOnlyList<FieldSchema> Parts { get; } = OwnCodecs.PartsOf(codec);

    internal override void Write(ByteSink to, ref T? value)
    {
        to.WriteBool(value is not null);
        if (value is not null)
        {
            OwnCodecs.Write(codec, to, value);
        }
    }

    internal override void Read(ByteSource from, ref T? value) => value = from.ReadBool() ? codec.Read(from) : null;
}

/// <summary>An object of a class that brings its codec, in a snapshot: once, however many refer to it.</summary>
internal sealed class OwnObjectCodec<T>(PortableCodec<T> codec) : TypeCodec(typeof(T))
    where T : class
{
    internal override IReadOnlyList<FieldSchema> Layout { get; } = OwnCodecs.PartsOf(codec);

    internal override void WriteHead(SnapshotWriter writer, object item) => OwnCodecs.Write(codec, writer.Heads, (T)item);

    internal override object Create(SnapshotReader reader) => codec.Read(reader.Heads) ?? throw new InvalidDataException($"The codec '{codec.GetType()}' read a null.");
}
