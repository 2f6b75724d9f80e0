using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sluice.Tests;

/// <summary>Rule 24: the hash by which items are distributed.</summary>
public sealed class StableHashTests
{
    /// <summary>The values of an independent implementation of XXH64 for the canonical forms. A change would send keys elsewhere after an update.</summary>
    public static TheoryData<object, string> Known => new()
    {
        { 0, "34c96acdcadb1bbb" },
        { 1, "9f29cb17a2a49995" },
        { 1L, "9f29cb17a2a49995" },
        { (byte)1, "9f29cb17a2a49995" },
        { true, "9f29cb17a2a49995" },
        { Weather.Rain, "9f29cb17a2a49995" },
        { Big.Most, "85d136adb773c6c9" },
        { -1, "85d136adb773c6c9" },
        { (sbyte)-1, "85d136adb773c6c9" },
        { -1L, "85d136adb773c6c9" },
        { ulong.MaxValue, "85d136adb773c6c9" },
        { 42u, "b556806fb6d14353" },
        { '*', "b556806fb6d14353" },
        { new Rune('*'), "b556806fb6d14353" },
        { "", "ef46db3751d8e999" },
        { "a", "e513e02c99167f96" },
        { "A", "489580109ac1745b" },
        { "Größe", "2b4a567f5a5d1a5e" },
        { "The quick brown fox jumps over the lazy dog", "b50690f4310e490e" },
        { 1.5, "49f7b96b6b5ccaf9" },
        { 1.5f, "49f7b96b6b5ccaf9" },
        { (Half)1.5, "49f7b96b6b5ccaf9" },
        { -0.0, "34c96acdcadb1bbb" },
        { 1.00m, "6c1cff0459c8bb10" },
        { -12.340m, "8a1376163cda675d" },
        { (Int128)1, "6c1cff0459c8bb10" },
        { UInt128.One, "6c1cff0459c8bb10" },
        { new BigInteger(256), "4865a00ba85b7cd6" },
        { Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), "199d4b2144f7c1b9" },
        { new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc), "cdc6e71590ae99d3" },
        { new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(2)), "9213a124fc3cea80" },
        { new DateOnly(2024, 2, 29), "731245c5f295f745" },
        { TimeSpan.FromSeconds(1), "8395e9afe705027c" },
        { new TimeOnly(0, 0, 1), "8395e9afe705027c" },
        { (1, "a"), "97b0cec5eb10334e" },
        { Tuple.Create(1, "a"), "97b0cec5eb10334e" },
        { new Visitor(1, "a"), "97b0cec5eb10334e" },
        { new Place(1, "a"), "97b0cec5eb10334e" },
        { (1, (string?)null), "aba580c627164344" },
        { new Own(7), "0000000000000007" },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Rule_24_A_key_has_the_same_hash_in_every_process_and_every_version(object key, string hash)
    {
        ArgumentNullException.ThrowIfNull(key);
        var typed = typeof(StableHashTests).GetMethod(nameof(HashOf), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(key.GetType());

        Assert.Equal(hash, ((ulong)typed.Invoke(null, [key])!).ToString("x16", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Rule_24_Keys_that_are_equal_have_the_same_hash()
    {
        AssertSame(1.0m, 1.000m, 1.0000000000000000000000000000m);
        AssertSame(0m, -0.00m, 0.000m);
        AssertSame(decimal.MaxValue, decimal.MaxValue);
        AssertSame(0.0, -0.0);
        AssertSame(double.NaN, BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_0001), -double.NaN);
        AssertSame(float.NaN, BitConverter.UInt32BitsToSingle(0xFFC0_0001));
        AssertSame(0f, -0f);
        AssertSame((Half)0.0, (Half)(-0.0));
        AssertSame(new DateTime(5, DateTimeKind.Local), new DateTime(5, DateTimeKind.Utc), new DateTime(5));
        AssertSame(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(3)));
        AssertSame<int?>(5, 5);
        AssertSame((1.0m, -0.0, "a"), (1.00m, 0.0, string.Concat("", "a")));
        AssertSame((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 5, 6, 7, 8, 9));
        AssertSame(new Visitor(1, "a"), new Visitor(1, "a"));
        AssertSame<Visitor>(new Guest(1, "a", 0.0), new Guest(1, "a", -0.0));
        AssertSame(new Place(2, null), new Place(2, null));
        AssertSame(BigInteger.Pow(2, 100), BigInteger.Pow(4, 50));

        static void AssertSame<T>(params T[] keys)
        {
            Assert.All(keys, key => Assert.True(EqualityComparer<T>.Default.Equals(keys[0], key)));
            Assert.Single(keys.Select(static key => StableHash.Of(key)).Distinct());
            Assert.Single(keys.Select(static key => StableHash.Of(key, EqualityComparer<T>.Default)).Distinct());
        }
    }

    [Fact]
    public void Rule_24_It_agrees_with_texts_in_any_case()
    {
        var comparer = StringComparer.OrdinalIgnoreCase;
        for (var i = 0; i <= char.MaxValue; i++)
        {
            var text = ((char)i).ToString();
            foreach (var other in (string[])[text.ToUpperInvariant(), text.ToLowerInvariant()])
            {
                if (comparer.Equals(text, other))
                {
                    Assert.True(StableHash.Of(text, comparer) == StableHash.Of(other, comparer), $"U+{i:X4}");
                }
            }
        }

        var word = string.Concat(Enumerable.Repeat("Straße ", 200));
        Assert.Equal(StableHash.Of(word, comparer), StableHash.Of(word.ToUpperInvariant(), comparer));
        Assert.NotEqual(StableHash.Of("a", comparer), StableHash.Of("b", comparer));
        Assert.Equal(StableHash.Of("a"), StableHash.Of("a", StringComparer.Ordinal));
        Assert.NotEqual(StableHash.Of("a", StringComparer.Ordinal), StableHash.Of("A", StringComparer.Ordinal));
    }

    [Fact]
    public void Rule_24_Comparers_and_types_of_others_bring_a_hash_of_their_own()
    {
        Assert.Equal(3ul, StableHash.Of(13, new LastDigit()));
        Assert.Equal(0ul, StableHash.Of<string?>(null));
        Assert.Equal(0ul, StableHash.Of<int?>(null, EqualityComparer<int?>.Default));
        Assert.Equal(7ul, StableHash.Of(new Own(7)));
        StableHash.ThrowIfNone(new LastDigit());
        StableHash.ThrowIfNone<Own>();
        StableHash.ThrowIfNone<(Own, Own?)>();
    }

    [Fact]
    public void Rule_24_Keys_whose_equality_is_not_known_are_refused_with_what_to_do()
    {
        Refused<object>("System.Object");
        Refused<byte[]>("System.Byte[]");
        Refused<Uri>("System.Uri");
        Refused<List<int>>("System.Collections.Generic.List");
        Refused<IComparable>("System.IComparable");
        Refused<(int, object)>("System.Object");
        Refused<((int, byte[]), int)>("System.Byte[]");
        Refused<WithArray>("System.Int32[]");
        Refused<WithOwnEquality>(nameof(WithOwnEquality));
        Refused<PlainStruct>(nameof(PlainStruct));
        Refused<PlainStruct?>(nameof(PlainStruct));

        static void Refused<T>(string type)
        {
            var error = Assert.Throws<ArgumentException>(() => StableHash.ThrowIfNone<T>());
            Assert.Contains(type, error.Message, StringComparison.Ordinal);
            Assert.Contains("IStableHash", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => Sink.Partition<T, T>(static key => key, Sink.Count<T>()));
            Assert.Throws<ArgumentException>(() => Stage.Partition<T, T, T>(static key => key, 2, Stage.Take<T>(1)));
        }
    }

    [Fact]
    public void Rule_24_Comparers_whose_hash_is_not_known_are_refused_with_what_to_do()
    {
        var own = EqualityComparer<int>.Create(static (x, y) => x == y, static x => x);
        foreach (var refused in (Action[])
            [
                () => StableHash.ThrowIfNone(own),
                () => _ = StableHash.Of(1, own),
                () => StableHash.ThrowIfNone(StringComparer.InvariantCulture),
                () => _ = StableHash.Of("a", StringComparer.InvariantCulture),
                () => Sink.Partition(static x => x, own, Sink.Count<int>()),
                () => Stage.Partition(static x => x, 2, Stage.Take<int>(1), own),
            ])
        {
            Assert.Contains("IStableHash<", Assert.Throws<ArgumentException>(refused).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_record_that_is_found_at_run_time_only_is_refused_then() =>
        Assert.Contains("System.Int32[]", Assert.Throws<ArgumentException>(() => StableHash.Of<Visitor>(new Crowd(1, "a", [1]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Keys_that_are_alike_are_spread_evenly()
    {
        const int ForEach = 1_000;
        AssertEven(static i => i);
        AssertEven(static i => i * 4_096);
        AssertEven(static i => 1L << 40 | (long)i << 8);
        AssertEven(static i => -i);
        AssertEven(static i => $"user-{i}");
        AssertEven(static i => new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(i));
        AssertEven(static i => (double)i);
        AssertEven(static i => i / 8m);
        AssertEven(static i => (i % 10, i / 10));
        AssertEven(static i => new Visitor(i, "x"));

        static void AssertEven<T>(Func<int, T> keyOf)
        {
            foreach (var parts in (int[])[2, 3, 4, 10, 64, 128])
            {
                var counts = new int[parts];
                for (var i = 0; i < parts * ForEach; i++)
                {
                    counts[StableHash.PartOf(keyOf(i), parts)]++;
                }

                Assert.All(counts, static count => Assert.InRange(count, ForEach * 85 / 100, ForEach * 115 / 100));
            }
        }
    }

    [Fact]
    public void Common_keys_allocate_nothing()
    {
        var text = new string('x', 1_000);
        Hash();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Hash();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Hash()
        {
            for (var i = 0; i < 100; i++)
            {
                _ = StableHash.PartOf(i, 3);
                _ = StableHash.PartOf((long)i, 3);
                _ = StableHash.PartOf(text, 3);
                _ = StableHash.PartOf("short", 3, StringComparer.OrdinalIgnoreCase);
                _ = StableHash.PartOf(default(Guid), 3);
                _ = StableHash.PartOf(default(DateTimeOffset), 3);
            }
        }
    }

    [Fact]
    public void There_is_at_least_one_part() => Assert.Throws<ArgumentOutOfRangeException>("parts", () => StableHash.PartOf(1, 0));

    private static ulong HashOf<T>(T key) => StableHash.Of(key);

    private enum Weather
    {
        Sun,
        Rain,
    }

    private enum Big : ulong
    {
        Most = ulong.MaxValue,
    }

    private record Visitor(int Number, string? Name)
    {
        public string Shown => $"{Number} {Name}";
    }

    private sealed record Guest(int Number, string? Name, double Weight) : Visitor(Number, Name);

    private sealed record Crowd(int Number, string? Name, int[] Others) : Visitor(Number, Name);

    private readonly record struct Place(int Number, string? Name);

    private sealed record WithArray(int[] Numbers);

    private sealed record WithOwnEquality(int Number)
    {
        public bool Equals(WithOwnEquality? other) => other is not null && other.Number % 10 == Number % 10;

        public override int GetHashCode() => Number % 10;
    }

    [SuppressMessage("Performance", "CA1815", Justification = "Its equality is the default one of structs, which is not known to be of its fields' values.")]
    private readonly struct PlainStruct
    {
        public int Number { get; init; }
    }

    private sealed class Own(ulong hash) : IStableHash
    {
        ulong IStableHash.StableHash => hash;
    }

    private sealed class LastDigit : IEqualityComparer<int>, IStableHash<int>
    {
        public bool Equals(int x, int y) => x % 10 == y % 10;

        public int GetHashCode(int key) => key % 10;

        public ulong StableHashOf(int key) => (ulong)(key % 10);
    }
}
