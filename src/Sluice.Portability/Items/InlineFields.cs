using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Writes and reads all fields of an object or a value that is a tree.</summary>
internal abstract class InlineFields<T>
{
    internal static IReadOnlyList<FieldSchema> Schema(bool byReflection) =>
        [.. Fields<T>.All.Select(field => new FieldSchema(field.Name, field.FieldType, InlineCodecs.For(field.FieldType, byReflection).Parts))];

    internal static InlineFields<T> Access(bool byReflection) => byReflection ? new ReflectedInlineFields<T>() : new EmittedInlineFields<T>();

    internal abstract void Write(ByteSink to, ref T value);

    internal abstract void Read(ByteSource from, ref T value);
}

/// <summary>By code that is compiled once for the type: for each field a call of what writes its type.</summary>
internal sealed class EmittedInlineFields<T> : InlineFields<T>
{
    private readonly Writer _write = Emit<Writer>("Put", nameof(Inline<int>.Write), typeof(ByteSink));
    private readonly Reader _read = Emit<Reader>("Take", nameof(Inline<int>.Read), typeof(ByteSource));

    private delegate void Writer(ByteSink to, ref T value);

    private delegate void Reader(ByteSource from, ref T value);

    internal override void Write(ByteSink to, ref T value) => _write(to, ref value);

    internal override void Read(ByteSource from, ref T value) => _read(from, ref value);

    private static TDelegate Emit<TDelegate>(string direct, string act, Type actor)
        where TDelegate : Delegate
    {
        var method = new DynamicMethod(act, null, [actor, typeof(T).MakeByRefType()], typeof(InlineFields<>).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        foreach (var field in Fields<T>.All)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            if (!typeof(T).IsValueType)
            {
                code.Emit(OpCodes.Ldind_Ref);
            }

            code.Emit(OpCodes.Ldflda, field);
            code.Emit(OpCodes.Call, Step(field.FieldType, direct, act));
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<TDelegate>();
    }

    /// <summary>Numbers and texts directly, so that the compiler can put them in place.</summary>
    private static MethodInfo Step(Type type, string direct, string act)
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.NonPublic;
        if (InlineCodecs.IsRaw(type))
        {
            return typeof(RawCodec<>).MakeGenericType(type).GetMethod(direct, Static)!;
        }

        if (type == typeof(string))
        {
            return typeof(InlineTextCodec).GetMethod(direct, Static)!;
        }

        var holder = typeof(Inline<>).MakeGenericType(type);
        RuntimeHelpers.RunClassConstructor(holder.TypeHandle); // compiled code need not ask then whether it has run
        return holder.GetMethod(act, Static)!;
    }
}

/// <summary>The same where code cannot be emitted.</summary>
internal sealed class ReflectedInlineFields<T> : InlineFields<T>
{
    private readonly (FieldInfo Field, InlineCodec Codec)[] _fields = [.. Fields<T>.All.Select(static field => (field, InlineCodecs.For(field.FieldType, byReflection: true)))];

    internal override void Write(ByteSink to, ref T value)
    {
        object boxed = value!;
        foreach (var (field, codec) in _fields)
        {
            codec.WriteBoxed(to, field.GetValue(boxed));
        }
    }

    internal override void Read(ByteSource from, ref T value)
    {
        object boxed = value!;
        foreach (var (field, codec) in _fields)
        {
            field.SetValue(boxed, codec.ReadBoxed(from));
        }

        value = (T)boxed;
    }
}

/// <summary>A value, field by field.</summary>
internal sealed class InlineStructCodec<T>(bool byReflection) : InlineCodec<T>
    where T : struct
{
    private readonly InlineFields<T> _fields = InlineFields<T>.Access(byReflection);
    private readonly bool _isEmpty = Fields<T>.All.Count == 0;

    internal override int MinBytes { get; } = Math.Max(1, Fields<T>.All.Sum(field => InlineCodecs.For(field.FieldType, byReflection).MinBytes));

    internal override IReadOnlyList<FieldSchema> Parts { get; } = InlineFields<T>.Schema(byReflection);

    internal override void Write(ByteSink to, ref T value)
    {
        if (_isEmpty)
        {
            to.WriteByte(0);
        }

        _fields.Write(to, ref value);
    }

    internal override void Read(ByteSource from, ref T value)
    {
        if (_isEmpty)
        {
            from.ReadByte();
        }

        _fields.Read(from, ref value);
    }
}

/// <summary>An object of a sealed class, field by field, or null.</summary>
internal sealed class InlineObjectCodec<T>(bool byReflection) : InlineCodec<T?>
    where T : class
{
    private readonly InlineFields<T> _fields = InlineFields<T>.Access(byReflection);

    internal override IReadOnlyList<FieldSchema> Parts { get; } = InlineFields<T>.Schema(byReflection);

    internal override void Write(ByteSink to, ref T? value)
    {
        to.WriteBool(value is not null);
        if (value is not null)
        {
            _fields.Write(to, ref value);
        }
    }

    internal override void Read(ByteSource from, ref T? value)
    {
        if (!from.ReadBool())
        {
            value = null;
            return;
        }

        var made = (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        _fields.Read(from, ref made);
        value = made;
    }
}
