using System.Collections.Concurrent;
using System.Reflection;

namespace Sluice;

/// <summary>Chooses the codec of each type of values that are trees.</summary>
internal static class InlineCodecs
{
    private static readonly ConcurrentDictionary<(Type Type, bool ByReflection), InlineCodec> s_all = new();

    private static readonly HashSet<Type> s_raw =
    [
        typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(char),
        typeof(Half), typeof(float), typeof(double), typeof(Int128), typeof(UInt128), typeof(TimeSpan), typeof(Guid),
    ];

    internal static InlineCodec<T> For<T>(bool byReflection) => (InlineCodec<T>)For(typeof(T), byReflection);

    /// <summary>The codec; only for what <see cref="TreeTypes"/> says is one.</summary>
    /// <param name="type">The type.</param>
    /// <param name="byReflection">Fields are read and written by reflection, not by emitted code.</param>
    internal static InlineCodec For(Type type, bool byReflection) => s_all.GetOrAdd((type, byReflection), static key => Make(key.Type, key.ByReflection));

    /// <summary>Values that are written without looking at their fields.</summary>
    internal static bool IsPlain(Type type) => type == typeof(string) || PlainValues.Has(type) || (OwnCodecs.Has(type) && (type.IsValueType || type.IsSealed));

    /// <summary>Values that are their own bytes in memory.</summary>
    internal static bool IsRaw(Type type) => type.IsEnum || s_raw.Contains(type);

    /// <summary>Only what no one writes to through it: a memory that can be written to is shared with the code that gave it.</summary>
    internal static bool IsMemory(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>);

    private static InlineCodec Make(Type type, bool byReflection)
    {
        if (s_raw.Contains(type))
        {
            return Of(typeof(RawCodec<>), type);
        }

        if (type == typeof(string) || PlainValues.Has(type))
        {
            return Plain(type);
        }

        if (OwnCodecs.Of(type) is { } own)
        {
            return Of(type.IsValueType ? typeof(OwnValueCodec<>) : typeof(OwnReferenceCodec<>), type, own);
        }

        if (type.IsEnum)
        {
            return Of(typeof(RawCodec<>), type);
        }

        if (type.IsSZArray)
        {
            return OfElements(typeof(InlineArrayCodec<>), type.GetElementType()!, byReflection);
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return definition == typeof(Nullable<>) ? OfElements(typeof(InlineNullableCodec<>), type.GetGenericArguments()[0], byReflection)
            : definition == typeof(List<>) ? OfElements(typeof(InlineListCodec<>), type.GetGenericArguments()[0], byReflection)
            : definition == typeof(ReadOnlyMemory<>) ? OfElements(typeof(InlineReadOnlyMemoryCodec<>), type.GetGenericArguments()[0], byReflection)
            : Of(type.IsValueType ? typeof(InlineStructCodec<>) : typeof(InlineObjectCodec<>), type, byReflection);
    }

    private static InlineCodec OfElements(Type codec, Type element, bool byReflection) => Of(codec, element, For(element, byReflection));

    private static InlineCodec Of(Type codec, Type argument, params object[] arguments) =>
        (InlineCodec)Activator.CreateInstance(codec.MakeGenericType(argument), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, arguments, null)!;

    private static InlineCodec Plain(Type type) =>
        type == typeof(bool) ? new InlineBoolCodec()
        : type == typeof(DateTime) ? new InlineDateTimeCodec()
        : type == typeof(string) ? new InlineTextCodec()
        : Of(typeof(InlinePlainCodec<>), type, PlainValues.TryCreate(type)!);
}
