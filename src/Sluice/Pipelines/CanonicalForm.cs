using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice;

/// <summary>The bytes of a key that <see cref="StableHash"/> hashes: equal keys have the same ones.</summary>
internal static class CanonicalForm
{
    private static readonly HashSet<Type> s_known =
    [
        typeof(string), typeof(bool), typeof(char), typeof(Rune), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(nint), typeof(nuint), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(float), typeof(double), typeof(Half), typeof(decimal), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
    ];

    /// <summary>The fields of records, as their equality compares them. Weak, since an application's assemblies can be unloaded.</summary>
    private static readonly ConditionalWeakTable<Type, FieldInfo[]> s_fields = [];

    internal const ulong OfNull = 0;

    internal static ulong OfWord(ulong word)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
        return Xxh64.Of(bytes);
    }

    internal static ulong OfText(string text) => OfChars(text);

    /// <summary>As <see cref="StringComparer.OrdinalIgnoreCase"/> compares: in upper case, without a culture.</summary>
    internal static ulong OfAnyCase(string text)
    {
        const int Short = 256;
        var rented = text.Length > Short ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        var upper = rented is null ? stackalloc char[Short] : rented;
        var hash = OfChars(upper[..text.AsSpan().ToUpperInvariant(upper)]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return hash;
    }

    internal static ulong OfGuid(Guid key)
    {
        Span<byte> bytes = stackalloc byte[16];
        key.TryWriteBytes(bytes);
        return Xxh64.Of(bytes);
    }

    /// <summary>The hash of a key of any type that has one.</summary>
    internal static ulong Of(object? key) => key switch
    {
        null => OfNull,
        string text => OfText(text),
        bool x => OfWord(x ? 1u : 0u),
        char x => OfWord(x),
        Rune x => OfWord((ulong)x.Value),
        Enum x => OfWord(x.GetTypeCode() is TypeCode.UInt64 ? ((IConvertible)x).ToUInt64(null) : (ulong)((IConvertible)x).ToInt64(null)),
        byte x => OfWord(x),
        sbyte x => OfWord((ulong)x),
        short x => OfWord((ulong)x),
        ushort x => OfWord(x),
        int x => OfWord((ulong)x),
        uint x => OfWord(x),
        long x => OfWord((ulong)x),
        ulong x => OfWord(x),
        nint x => OfWord((ulong)x),
        nuint x => OfWord(x),
        Int128 x => OfWords((ulong)x, (ulong)(x >> 64)),
        UInt128 x => OfWords((ulong)x, (ulong)(x >> 64)),
        BigInteger x => Xxh64.Of(x.ToByteArray()),
        float x => OfNumber(x),
        double x => OfNumber(x),
        Half x => OfNumber((double)x),
        decimal x => OfDecimal(x),
        Guid x => OfGuid(x),
        DateTime x => OfWord((ulong)x.Ticks),
        DateTimeOffset x => OfWord((ulong)x.UtcTicks),
        DateOnly x => OfWord((ulong)x.DayNumber),
        TimeOnly x => OfWord((ulong)x.Ticks),
        TimeSpan x => OfWord((ulong)x.Ticks),
        IStableHash x => x.StableHash,
        ITuple x => OfTuple(x),
        _ => OfRecord(key, FieldsOf(key.GetType()) ?? throw NoHashOf(key.GetType(), key.GetType())),
    };

    /// <summary>Refuses a type that has none.</summary>
    /// <param name="type">The type.</param>
    /// <param name="key">The type of the key that it is a part of.</param>
    internal static void Check(Type type, Type key)
    {
        var seen = new HashSet<Type>();
        var left = new Stack<Type>([type]);
        while (left.TryPop(out var part))
        {
            part = Nullable.GetUnderlyingType(part) ?? part;
            if (!seen.Add(part) || part.IsEnum || s_known.Contains(part) || part.IsAssignableTo(typeof(IStableHash)))
            {
                continue;
            }

            if (part.IsAssignableTo(typeof(ITuple)) && part.Assembly == typeof(ITuple).Assembly && part.IsGenericType)
            {
                Array.ForEach(part.GetGenericArguments(), left.Push);
            }
            else if (FieldsOf(part) is { } fields)
            {
                Array.ForEach(fields, field => left.Push(field.FieldType));
            }
            else if (part != typeof(ValueTuple))
            {
                throw NoHashOf(part, key);
            }
        }
    }

    private static ulong OfChars(ReadOnlySpan<char> chars) =>
        Xxh64.Of(BitConverter.IsLittleEndian ? MemoryMarshal.AsBytes(chars) : Encoding.Unicode.GetBytes(chars.ToArray()));

    private static ulong OfWords(ulong low, ulong high)
    {
        Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(ulong)..], high);
        return Xxh64.Of(bytes);
    }

    /// <summary>Zeros of both signs are equal, and so are all that are no number.</summary>
    private static ulong OfNumber(double number) =>
        OfWord(double.IsNaN(number) ? 0x7FF8_0000_0000_0000 : number == 0 ? 0 : BitConverter.DoubleToUInt64Bits(number));

    /// <summary>1.0 and 1.00 are equal: the digits without zeros at the end, and above them the scale and the sign.</summary>
    private static ulong OfDecimal(decimal number)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        var digits = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var scale = (bits[3] >> 16) & 0xFF;
        while (scale > 0 && digits % 10 == 0)
        {
            (digits, scale) = (digits / 10, scale - 1);
        }

        var signAndScale = digits == 0 ? 0 : ((ulong)(uint)(bits[3] & int.MinValue)) | (uint)(scale << 16);
        return OfWords((ulong)digits, (ulong)(digits >> 64) | (signAndScale << 32));
    }

    private static ulong OfTuple(ITuple key)
    {
        var bytes = new byte[key.Length * sizeof(ulong)];
        for (var i = 0; i < key.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), Of(key[i]));
        }

        return Xxh64.Of(bytes);
    }

    private static ulong OfRecord(object key, FieldInfo[] fields)
    {
        var bytes = new byte[fields.Length * sizeof(ulong)];
        for (var i = 0; i < fields.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), Of(fields[i].GetValue(key)));
        }

        return Xxh64.Of(bytes);
    }

    /// <summary>The fields of a record; null for other types, and where they may have been left out of the program.</summary>
    private static FieldInfo[]? FieldsOf(Type type)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported || type == typeof(object) || type == typeof(ValueType))
        {
            return null;
        }

        if (!s_fields.TryGetValue(type, out var fields))
        {
            fields = FindFields(type);
            if (fields is not null)
            {
                s_fields.AddOrUpdate(type, fields);
            }
        }

        return fields;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "The equality that the compiler made uses each field, so none that is left out counts. If the equality itself is not found, the type is refused.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "As above.")]
    private static FieldInfo[]? FindFields(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var fields = new List<FieldInfo>();
        for (var at = type; at != typeof(object) && at != typeof(ValueType); at = at.BaseType!)
        {
            if (at is { IsClass: false, IsValueType: false } or { IsPrimitive: true } || at.GetMethod("PrintMembers", Own, [typeof(StringBuilder)]) is null || !IsMadeByCompiler(at.GetMethod("Equals", Own, [at])))
            {
                return null;
            }

            fields.InsertRange(0, at.GetFields(Own).OrderBy(static field => field.MetadataToken));
        }

        return [.. fields];

        static bool IsMadeByCompiler(MethodInfo? method) => method?.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) == true;
    }

    private static ArgumentException NoHashOf(Type part, Type key) => new(
        $"{(part == key ? $"A key of type '{key}'" : $"'{part}', in a key of type '{key}',")} has no hash that is the same in every process, so items cannot be distributed by it. Use a number, a text, a date, a Guid, an enum, or a tuple{(RuntimeFeature.IsDynamicCodeSupported ? " or record" : "")} of these; or have '{part}' implement IStableHash; or give a comparer that implements IStableHash<{key}>.");
}
