using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Tests.Portability;

/// <summary>Values that a capture accepts, a resume accepts: each codec is tried both ways over the real values of its type, with values that a system
/// or a program can make. A value is refused when it is captured, or it comes back the same.</summary>
public sealed class AcceptedValuesTests
{
    [Fact]
    public void Every_time_zone_of_the_system_comes_back()
    {
        var zones = TimeZoneInfo.GetSystemTimeZones().Append(TimeZoneInfo.Utc).Append(TimeZoneInfo.Local).ToArray();

        var copies = (TimeZoneInfo[])Copy(zones);

        Assert.True(zones.Length > 2);
        Assert.Equal(zones, copies);
        Assert.All(zones.Zip(copies), static pair => Assert.True(pair.First.HasSameRules(pair.Second), pair.First.Id));
    }

    [Fact]
    public void Time_zones_of_a_program_come_back_by_their_rules()
    {
        foreach (var zone in OwnZones())
        {
            var copy = (TimeZoneInfo)Copy(zone);

            Assert.Equal(zone, copy);
            Assert.Equal((zone.DisplayName, zone.StandardName, zone.DaylightName, zone.SupportsDaylightSavingTime), (copy.DisplayName, copy.StandardName, copy.DaylightName, copy.SupportsDaylightSavingTime));
            for (var day = new DateTime(2024, 1, 1); day.Year < 2026; day = day.AddDays(1))
            {
                Assert.Equal(zone.GetUtcOffset(day), copy.GetUtcOffset(day));
            }
        }
    }

    [Fact]
    public void A_zone_made_of_the_rules_of_any_other_is_refused_or_comes_back()
    {
        foreach (var system in TimeZoneInfo.GetSystemTimeZones())
        {
            TimeZoneInfo own;
            try
            {
                own = TimeZoneInfo.CreateCustomTimeZone("own " + system.Id, system.BaseUtcOffset, "display", "standard", "daylight", system.GetAdjustmentRules());
            }
            catch (Exception error) when (error is ArgumentException or InvalidTimeZoneException)
            {
                continue; // .NET itself does not make it
            }

            RefusedOrSame(own);
        }
    }

    [Fact]
    public void Every_culture_comes_back_and_changed_ones_are_refused()
    {
        var cultures = CultureInfo.GetCultures(CultureTypes.AllCultures).Select(static culture => CultureInfo.GetCultureInfo(culture.Name)).ToArray();
        Assert.Equal(cultures, (CultureInfo[])Copy(cultures));
        RefusedOrSame(CultureInfo.CurrentCulture);

        var changed = (CultureInfo)CultureInfo.GetCultureInfo("").Clone();
        Assert.Throws<NotPortableException>(() => Copy(changed));
        changed.NumberFormat.NumberDecimalSeparator = "!";
        Assert.Contains("was changed", Assert.Throws<NotPortableException>(() => Copy(CultureInfo.ReadOnly(changed))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_culture_that_no_system_has_is_refused()
    {
        CultureInfo unknown;
        try
        {
            unknown = CultureInfo.ReadOnly(new CultureInfo("xq-XQ"));
        }
        catch (CultureNotFoundException)
        {
            Assert.Throws<CultureNotFoundException>(() => new CultureInfo("xq-XQ")); // .NET is set to have no other than the invariant one
            return;
        }

        RefusedOrSame(unknown);
    }

    [Fact]
    public void Leaves_and_numbers_come_back_at_their_limits()
    {
        object[] values =
        [
            new Version(), new Version(1, 2), new Version(1, 2, 3), new Version(int.MaxValue, 0, 0, int.MaxValue),
            new Uri("https://example.org/a%20b?c#d"), new Uri("/a", UriKind.Absolute), new Uri("/a", UriKind.Relative), new Uri("", UriKind.Relative), new Uri(new Uri("http://a/b/c"), "../d"), new Uri("mailto:a@b"),
            new Regex(""), new Regex("(?<a>b)+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), new Regex("a", RegexOptions.NonBacktracking),
            new StringBuilder(), new StringBuilder("\ud800 \0"), new BitArray(0), new BitArray(65, true), "\udfff", "",
            DateTime.MinValue, DateTime.MaxValue, DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Local),
            DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromMinutes(-839)), TimeSpan.MinValue, TimeSpan.MaxValue, DateOnly.MinValue, DateOnly.MaxValue, TimeOnly.MinValue, TimeOnly.MaxValue,
            decimal.MinValue, decimal.MaxValue, -0.0m, 1.000m, double.NaN, double.NegativeInfinity, -0.0, double.Epsilon, float.NaN, Half.NaN, Half.MinValue,
            Int128.MinValue, UInt128.MaxValue, long.MinValue, ulong.MaxValue, BigInteger.Zero, BigInteger.MinusOne, BigInteger.Pow(-3, 999), new Rune(0x10FFFF), char.MaxValue,
            (DayOfWeek)(-1), (ConsoleColor)int.MaxValue, Guid.AllBitsSet, new Index(3, fromEnd: true), 1..^2, new Complex(1, double.NaN), typeof(Dictionary<int[], List<string>>),
            StringComparer.Ordinal, StringComparer.InvariantCultureIgnoreCase, Comparer<int>.Default, EqualityComparer<string>.Default, TimeProvider.System,
        ];

        Assert.All(values, RefusedOrSame);
    }

    /// <summary>A local time at an hour that comes twice has a mark that no property shows. In a snapshot, and in an item in place.</summary>
    [Fact]
    public void Dates_and_times_come_back_to_the_last_bit() => Seed.Run(17, static random =>
    {
        for (var i = 0; i < 5000; i++)
        {
            var ticks = (ulong)(i switch { 0 => 0, 1 => DateTime.MaxValue.Ticks, _ => random.NextInt64(DateTime.MaxValue.Ticks) });
            var time = Unsafe.BitCast<ulong, DateTime>(ticks | ((ulong)random.Next(4) << 62));

            Assert.Equal(Bits(time), Bits((DateTime)Copy(time)));
            Assert.Equal(Bits(time), Bits(new Wire<DateTime>().RoundTrip(time)));
            Assert.Equal(Bits(time), Bits(new Wire<List<DateTime>>().RoundTrip([time])[0]));
        }

        static ulong Bits(DateTime time) => Unsafe.BitCast<DateTime, ulong>(time);
    });

    [Fact]
    public void Floating_point_numbers_and_decimals_come_back_to_the_last_bit() => Seed.Run(18, static random =>
    {
        for (var i = 0; i < 5000; i++)
        {
            var bits = i % 2 == 0 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : 0x7FF0_0000_0000_0000 | ((ulong)random.NextInt64(long.MinValue, long.MaxValue) & 0x800F_FFFF_FFFF_FFFF);
            var (single, half) = (i % 2 == 0 ? (uint)bits : 0x7F80_0000 | ((uint)bits & 0x807F_FFFF), i % 2 == 0 ? (ushort)bits : (ushort)(0x7C00 | (bits & 0x83FF)));
            Assert.Equal(bits, BitConverter.DoubleToUInt64Bits((double)Copy(BitConverter.UInt64BitsToDouble(bits))));
            Assert.Equal(bits, BitConverter.DoubleToUInt64Bits(new Wire<double>().RoundTrip(BitConverter.UInt64BitsToDouble(bits))));
            Assert.Equal(single, BitConverter.SingleToUInt32Bits((float)Copy(BitConverter.UInt32BitsToSingle(single))));
            Assert.Equal(single, BitConverter.SingleToUInt32Bits(new Wire<float>().RoundTrip(BitConverter.UInt32BitsToSingle(single))));
            Assert.Equal(half, BitConverter.HalfToUInt16Bits((Half)Copy(BitConverter.UInt16BitsToHalf(half))));
            var number = new decimal((int)bits, (int)(bits >> 32), random.Next(), random.Next(2) == 0, (byte)random.Next(29));
            number = random.Next(5) == 0 ? new decimal(0, 0, 0, random.Next(2) == 0, (byte)random.Next(29)) : number;
            Assert.Equal(decimal.GetBits(number), decimal.GetBits((decimal)Copy(number)));
            Assert.Equal(decimal.GetBits(number), decimal.GetBits(new Wire<decimal>().RoundTrip(number)));
        }
    });

    /// <summary>The parts of a value that its usual properties do not show come back, or are refused.</summary>
    [Fact]
    public void What_is_made_in_an_unusual_way_is_refused()
    {
        var (culture, calendar) = ((CultureInfo)CultureInfo.InvariantCulture.Clone(), new GregorianCalendar { TwoDigitYearMax = 1999 });
        culture.DateTimeFormat.Calendar = calendar;
        var list = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        list.TextInfo.ListSeparator = "|";
        (object Value, string Advice)[] values =
        [
            (new StringBuilder(4, 20).Append('x'), "Keep the limit beside it"),
            (new Uri("http://a/%41", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), "Keep its text"),
            (Encoding.UTF8.Clone(), "Encoding.GetEncoding"),
            (CodePagesEncodingProvider.Instance.GetEncoding(1250)!, "Encoding.RegisterProvider"),
            (CultureInfo.ReadOnly(culture), "was changed"),
            (CultureInfo.ReadOnly(list), "was changed"),
        ];

        Assert.All(values, static one => Assert.Contains(one.Advice, Assert.Throws<NotPortableException>(() => Copy(one.Value)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_zone_of_a_program_with_the_id_of_one_of_the_system_keeps_its_names()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone(TimeZoneInfo.Utc.Id, TimeSpan.Zero, "mine", "own");

        var copy = (TimeZoneInfo)Copy(zone);

        Assert.Equal(("mine", "own"), (copy.DisplayName, copy.StandardName));
    }

    [Fact]
    public void An_array_comes_back_of_its_own_type()
    {
        Array[] arrays = [Array.CreateInstanceFromArrayType(typeof(int).MakeArrayType(1), 3), new int[3], new int[2, 0], new string[1, 1, 1], new int[2][], new object[] { "x" }, new DayOfWeek[1]];

        Assert.All(arrays, static array =>
        {
            var copy = (Array)Copy(array);
            Assert.Equal((array.GetType(), array.Length), (copy.GetType(), copy.Length));
        });
        Assert.Contains("does not begin at 0", Assert.Throws<NotPortableException>(static () => Copy(Array.CreateInstance(typeof(int), [2], [1]))).Message, StringComparison.Ordinal);
    }

    /// <summary>Elements that became equal after they were put in: a set that cannot be made again.</summary>
    [Fact]
    public void Random_collections_of_values_that_change_are_refused_or_come_back() => Seed.Run(31, static random =>
    {
        var (taken, refused) = (0, 0);
        for (var i = 0; i < 2000; i++)
        {
            var items = Enumerable.Range(0, random.Next(1, 5)).Select(static number => new Item { Number = number }).ToArray();
            object collection = random.Next(6) switch
            {
                0 => items.ToHashSet(),
                1 => items.ToDictionary(static item => item, static item => item.Number),
                2 => new SortedSet<Item>(items),
                3 => new SortedDictionary<Item, int>(items.ToDictionary(static item => item, static item => 1)),
                4 => items.ToImmutableHashSet(),
                _ => items.ToImmutableDictionary(static item => (item, 1), static item => item),
            };
            Array.ForEach(items, item => item.Number = random.Next(3) == 0 ? random.Next(5) : item.Number);
            if (RefusedOrCopy(collection) is { } copy)
            {
                taken++;
                Assert.Equal(((IEnumerable)collection).Cast<object>().Count(), ((IEnumerable)copy).Cast<object>().Count());
            }
            else
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 1900);
        Assert.InRange(taken, 100, 1900);
    });

    private static IEnumerable<TimeZoneInfo> OwnZones()
    {
        yield return TimeZoneInfo.CreateCustomTimeZone("a", TimeSpan.FromMinutes(330), null, null);
        yield return TimeZoneInfo.CreateCustomTimeZone("UTC", TimeSpan.FromHours(5), "not the system's", "s");
        var spring = TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday);
        var autumn = TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 30, 0), 10, 31);
        TimeZoneInfo.AdjustmentRule[] rules =
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, new DateTime(2024, 12, 31), TimeSpan.FromHours(1), spring, autumn),
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(new DateTime(2025, 1, 1), DateTime.MaxValue.Date, TimeSpan.FromMinutes(30), spring, autumn, TimeSpan.FromMinutes(15)),
        ];
        yield return TimeZoneInfo.CreateCustomTimeZone("b", TimeSpan.FromHours(-3), "display", "standard", "daylight", rules);
        yield return TimeZoneInfo.CreateCustomTimeZone("c", TimeSpan.FromHours(-3), "display", "standard", "daylight", rules, disableDaylightSavingTime: true);
    }

    private static void RefusedOrSame(object value)
    {
        if (RefusedOrCopy(value) is not { } copy)
        {
            return;
        }

        var isSame = value switch
        {
            StringBuilder or Regex or Uri => $"{value}" == $"{copy}",
            BitArray bits => bits.Cast<bool>().SequenceEqual(((BitArray)copy).Cast<bool>()),
            DateTime time => time.Kind == ((DateTime)copy).Kind && time == (DateTime)copy,
            _ => Equals(value, copy),
        };
        Assert.True(isSame, $"{value} came back as {copy}");
    }

    private static object? RefusedOrCopy(object value)
    {
        try
        {
            return Copy(value);
        }
        catch (NotPortableException)
        {
            return null; // a capture may refuse; nothing else may
        }
    }

    private static object Copy(object value) => new Wire<object>().RoundTrip(value);

    private sealed record Item : IComparable<Item>
    {
        public int Number { get; set; }

        public int CompareTo(Item? other) => Number.CompareTo(other?.Number);
    }
}
