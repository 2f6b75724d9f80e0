using System.Reflection;
using System.Reflection.Emit;

namespace Sluice;

/// <summary>By code that is compiled once for the type: a call of its codec for each field.</summary>
internal sealed class EmittedFields<T> : FieldAccess<T>
{
    internal static readonly EmittedFields<T> Instance = new();

    private readonly Writer _write = Emit<Writer>(nameof(Values<int>.Write), typeof(SnapshotWriter));
    private readonly Reader _read = Emit<Reader>(nameof(Values<int>.Read), typeof(SnapshotReader));

    private delegate void Writer(SnapshotWriter writer, ref T value);

    private delegate void Reader(SnapshotReader reader, ref T value);

    internal override void Write(SnapshotWriter writer, ref T value) => _write(writer, ref value);

    internal override void Read(SnapshotReader reader, ref T value) => _read(reader, ref value);

    private static TDelegate Emit<TDelegate>(string act, Type actor)
        where TDelegate : Delegate
    {
        var method = new DynamicMethod(act, null, [actor, typeof(T).MakeByRefType()], typeof(FieldAccess<>).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        foreach (var field in Fields<T>.All)
        {
            var next = code.DefineLabel();
            if (Fields<T>.AreVariables)
            {
                code.Emit(OpCodes.Ldarg_0);
                code.Emit(OpCodes.Call, actor.GetMethod(act + "IsUsed", BindingFlags.Instance | BindingFlags.NonPublic)!);
                code.Emit(OpCodes.Brfalse, next);
            }

            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            if (!typeof(T).IsValueType)
            {
                code.Emit(OpCodes.Ldind_Ref);
            }

            code.Emit(OpCodes.Ldflda, field);
            code.Emit(OpCodes.Call, typeof(Values<>).MakeGenericType(field.FieldType).GetMethod(act, BindingFlags.Static | BindingFlags.NonPublic)!);
            code.MarkLabel(next);
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<TDelegate>();
    }
}

/// <summary>The same where code cannot be emitted.</summary>
internal sealed class ReflectedFields<T> : FieldAccess<T>
{
    internal static readonly ReflectedFields<T> Instance = new();

    internal override void Write(SnapshotWriter writer, ref T value)
    {
        object boxed = value!;
        foreach (var field in Fields<T>.All)
        {
            if (!Fields<T>.AreVariables || writer.WriteIsUsed())
            {
                ValueCodec.For(field.FieldType).WriteBoxed(writer, field.GetValue(boxed));
            }
        }
    }

    internal override void Read(SnapshotReader reader, ref T value)
    {
        object boxed = value!;
        foreach (var field in Fields<T>.All)
        {
            if (!Fields<T>.AreVariables || reader.ReadIsUsed())
            {
                field.SetValue(boxed, ValueCodec.For(field.FieldType).ReadBoxed(reader));
            }
        }

        value = (T)boxed;
    }
}
