using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;

namespace Sluice;

/// <summary>The hash by which items are distributed by key: the same in every process, on every host, and after every restart. Keys that are equal have the same
/// one. Thread safety: all members may be called from any thread.</summary>
/// <remarks>
/// <para>It is XXH64, with the seed 0, of the key's canonical form, least significant byte first. That is 8 bytes for an integer, an enum, a <see cref="bool"/>, a
/// <see cref="char"/> and a <see cref="Rune"/>, extended by their sign; the bits of the same number as a <see cref="double"/> for <see cref="float"/> and
/// <see cref="Half"/>, with one zero and one NaN; the ticks of a <see cref="DateTime"/>, <see cref="TimeOnly"/> and <see cref="TimeSpan"/>, those in UTC of a
/// <see cref="DateTimeOffset"/>, the day number of a <see cref="DateOnly"/>. It is 16 bytes for <see cref="Int128"/>, <see cref="UInt128"/>, <see cref="Guid"/> and
/// <see cref="decimal"/>, without zeros at its end; the bytes of a <see cref="BigInteger"/>; the UTF-16 code units of a text. Of a tuple, and of a record, it is the
/// hashes of the parts in a row, of which each is 8 bytes. The hash of null is 0.</para>
/// <para>The equality of a record must be what the compiler made of it, and its fields, in their order, decide; programs compiled ahead of time refuse records, since
/// their fields may not be known there. A type of your own implements <see cref="IStableHash"/>. Other types are refused: what their equality is cannot be known, or it
/// is that of references.</para>
/// <para>Of comparers it knows the default one, <see cref="StringComparer.Ordinal"/> and <see cref="StringComparer.OrdinalIgnoreCase"/>, which hashes the text in upper
/// case. Others implement <see cref="IStableHash{T}"/>. Numbers, dates, <see cref="Guid"/>s and texts allocate nothing.</para>
/// </remarks>
public static class StableHash
{
    /// <summary>The hash of a key.</summary>
    /// <typeparam name="T">The type of the key.</typeparam>
    /// <param name="key">The key; may be null.</param>
    /// <param name="comparer">Says which keys are equal. Default: the type's own equality.</param>
    /// <returns>The hash.</returns>
    /// <exception cref="ArgumentException">Thrown: the type, or the comparer, has no stable hash; the message says what to do.</exception>
    public static ulong Of<T>(T key, IEqualityComparer<T>? comparer = null)
    {
        if (key is null)
        {
            return CanonicalForm.OfNull;
        }

        if (comparer is not null && !ReferenceEquals(comparer, EqualityComparer<T>.Default))
        {
            return comparer is IStableHash<T> own ? own.StableHashOf(key)
                : key is string text && IsOrdinal(comparer, out var ignoresCase) ? ignoresCase ? CanonicalForm.OfAnyCase(text) : CanonicalForm.OfText(text)
                : throw NoHashOf(comparer);
        }

        // Decided when the method is compiled for a value type, so that the hash costs no box.
        return typeof(T) == typeof(int) ? CanonicalForm.OfWord((ulong)(int)(object)key)
            : typeof(T) == typeof(long) ? CanonicalForm.OfWord((ulong)(long)(object)key)
            : typeof(T) == typeof(uint) ? CanonicalForm.OfWord((uint)(object)key)
            : typeof(T) == typeof(ulong) ? CanonicalForm.OfWord((ulong)(object)key)
            : typeof(T) == typeof(char) ? CanonicalForm.OfWord((char)(object)key)
            : typeof(T) == typeof(Guid) ? CanonicalForm.OfGuid((Guid)(object)key)
            : typeof(T) == typeof(DateTime) ? CanonicalForm.OfWord((ulong)((DateTime)(object)key).Ticks)
            : typeof(T) == typeof(DateTimeOffset) ? CanonicalForm.OfWord((ulong)((DateTimeOffset)(object)key).UtcTicks)
            : CanonicalForm.Of(key);
    }

    /// <summary>Finds which of several parts has a key: the hash modulo their number.</summary>
    /// <typeparam name="T">The type of the key.</typeparam>
    /// <param name="key">The key; may be null.</param>
    /// <param name="parts">How many parts; 1 or more.</param>
    /// <param name="comparer">Says which keys are equal. Default: the type's own equality.</param>
    /// <returns>The number of the part, from 0 on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="parts"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">Thrown: the type, or the comparer, has no stable hash; the message says what to do.</exception>
    public static int PartOf<T>(T key, int parts, IEqualityComparer<T>? comparer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        var hash = Of(key, comparer);
        return (int)(BitOperations.IsPow2(parts) ? hash & (uint)(parts - 1) : hash % (uint)parts); // a division is most of what an item costs
    }

    /// <summary>Refuses a type of keys, or a comparer, that has no stable hash. Call it where something that distributes by key is put together: before the first
    /// item.</summary>
    /// <typeparam name="T">The type of the keys.</typeparam>
    /// <param name="comparer">Says which keys are equal. Default: the type's own equality.</param>
    /// <exception cref="ArgumentException">Thrown: there is none; the message says what to do.</exception>
    public static void ThrowIfNone<T>(IEqualityComparer<T>? comparer = null)
    {
        if (comparer is null || ReferenceEquals(comparer, EqualityComparer<T>.Default))
        {
            CanonicalForm.Check(typeof(T), typeof(T));
        }
        else if (comparer is not IStableHash<T> && !IsOrdinal(comparer, out _))
        {
            throw NoHashOf(comparer);
        }
    }

    private static bool IsOrdinal<T>(IEqualityComparer<T> comparer, out bool ignoresCase)
    {
        ignoresCase = false;
        return comparer is IEqualityComparer<string?> ofTexts && StringComparer.IsWellKnownOrdinalComparer(ofTexts, out ignoresCase);
    }

    private static ArgumentException NoHashOf<T>(IEqualityComparer<T> comparer) => new(
        $"The comparer '{comparer.GetType()}' has no hash that is the same in every process, so items cannot be distributed by it. Have it implement IStableHash<{typeof(T)}>, or give StringComparer.Ordinal or StringComparer.OrdinalIgnoreCase, or none.");
}
