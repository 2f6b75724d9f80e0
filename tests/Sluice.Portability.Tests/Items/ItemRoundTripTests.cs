using System.Reflection;

namespace Sluice.Tests.Portability;

/// <summary>Every portable value as an item: of its own type, as an object, and in a record.</summary>
public sealed class ItemRoundTripTests
{
    public static TheoryData<string, object> Values => PortableValuesTests.Values;

    [Theory]
    [MemberData(nameof(Values))]
    public void It_comes_back_as_it_was(string name, object value)
    {
        Assert.NotEqual("", name);
        foreach (var usesReflection in (bool[])[false, true])
        {
            if (value is not Type && new SnapshotOptions().FindRefusedType(value.GetType()) is null) // else only as an object
            {
                typeof(ItemRoundTripTests).GetMethod(nameof(AsItself), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(value.GetType())
                    .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [value, usesReflection], null);
            }

            Check(value, new Wire<object>(new() { UsesReflection = usesReflection }));
        }
    }

    [Fact]
    public void Null_is_an_item_where_the_type_has_it()
    {
        Assert.Null(new Wire<string?>().RoundTrip(null));
        Assert.Null(new Wire<object?>().RoundTrip(null));
        Assert.Null(new Wire<int?>().RoundTrip(null));
        Assert.Null(new Wire<Order?>().RoundTrip(null));
        Assert.Null(new Wire<byte[]?>().RoundTrip(null));
        Assert.Null(new Wire<List<int>?>().RoundTrip(null));
        Assert.Null(new Wire<(string, object)?>().RoundTrip(null));
        Assert.Equal((null, null), new Wire<(string?, int[]?)>().RoundTrip((null, null)));
    }

    [Fact]
    public void Trees_are_written_inline_and_nothing_else_is()
    {
        Assert.True(new Wire<int>().IsInline);
        Assert.True(new Wire<Order>().IsInline);
        Assert.True(new Wire<(Order, List<Order?[]>, DayOfWeek?)>().IsInline);
        Assert.True(new Wire<ReadOnlyMemory<byte>>().IsInline);
        Assert.True(new Wire<ReadOnlyMemory<Order>>().IsInline);
        Assert.True(Inline(new { Name = "x", Inner = new { Count = 1 } }));
        Assert.True(new Wire<XmlEvent>().IsInline);

        Assert.False(new Wire<object>().IsInline);
        Assert.False(new Wire<Open>().IsInline);
        Assert.False(new Wire<Ring>().IsInline);
        Assert.False(new Wire<Endless<int>>().IsInline);
        Assert.False(new Wire<Dictionary<string, int>>().IsInline);
        Assert.False(new Wire<(int, IReadOnlyList<int>)>().IsInline);
        Assert.False(new Wire<Action>().IsInline);
        Assert.False(new Wire<int[,]>().IsInline);
        Assert.False(new Wire<List<int>.Enumerator>().IsInline);
        Assert.IsType<GraphItemWriter<Memory<byte>>>(ItemCodecs.WriterOf<Memory<byte>>(new()));
    }

    [Fact]
    public void An_item_of_a_derived_type_comes_back_as_such()
    {
        var wire = new Wire<Open>();

        Assert.Equal(new Wider(1, "more"), wire.RoundTrip(new Wider(1, "more")));
        Assert.Equal(new Open(2), wire.RoundTrip(new(2)));
    }

    [Fact]
    public void Memory_comes_back_with_what_it_shows()
    {
        byte[] bytes = [1, 2, 3, 4, 5];

        Assert.Equal([2, 3, 4], new Wire<ReadOnlyMemory<byte>>().RoundTrip(bytes.AsMemory(1, 3)).ToArray());
        Assert.Equal([1, 2, 3, 4, 5], ((ReadOnlyMemory<byte>)new Wire<object>().RoundTrip((ReadOnlyMemory<byte>)bytes)).ToArray());
        Assert.Equal(0, new Wire<ReadOnlyMemory<byte>>().RoundTrip(default).Length);
        Assert.Equal("ello", new Wire<ReadOnlyMemory<char>>().RoundTrip("hello".AsMemory(1)).ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void Texts_of_any_length_and_width_come_back(int length)
    {
        var wire = new Wire<string>();
        foreach (var text in (string[])[new('a', length), new('\u00FF', length), new('\u0100', length), new string('a', length) + "\uDC00"])
        {
            Assert.Equal(text, wire.RoundTrip(text));
        }
    }

    [Fact]
    public void Arrays_of_numbers_are_one_copy()
    {
        var numbers = Enumerable.Range(0, 1000).Select(static i => (double)i).ToArray();
        var bytes = new Wire<double[]>().Write(numbers);

        Assert.Equal(8002, bytes.Length);
        Assert.Equal(numbers, new Wire<double[]>().Read(bytes));
        Assert.Equal([true, false, true], new Wire<bool[]>().RoundTrip([true, false, true]));
        Assert.Equal([DayOfWeek.Friday], new Wire<DayOfWeek[]>().RoundTrip([DayOfWeek.Friday]));
    }

    private static bool Inline<T>(T item)
    {
        var wire = new Wire<T>();
        Assert.Equal(item, wire.RoundTrip(item));
        return wire.IsInline;
    }

    private static void AsItself<T>(object value, bool usesReflection)
    {
        var options = new SnapshotOptions { UsesReflection = usesReflection };
        Check((T)value, new Wire<T>(options));
        var pair = new Wire<Pair<T>>(options).RoundTrip(new((T)value, [(T)value], 7));
        Assert.Equal(PortableValuesTests.Shown(value), PortableValuesTests.Shown(pair.One));
        Assert.Equal(PortableValuesTests.Shown(value), PortableValuesTests.Shown(pair.Many[0]));
        Assert.Equal(7, pair.Last);
    }

    private static void Check<T>(T value, Wire<T> wire)
    {
        for (var time = 0; time < 3; time++)
        {
            var copy = wire.RoundTrip(value);
            Assert.Equal(value!.GetType(), value is Type ? value.GetType() : copy!.GetType());
            Assert.Equal(PortableValuesTests.Shown(value), PortableValuesTests.Shown(copy));
        }
    }

    private sealed record Pair<T>(T One, T[] Many, int Last);

    private sealed record Order(string? Name, decimal Price, List<int>? Parts);

    private record Open(int Number);

    private sealed record Wider(int Number, string More) : Open(Number);

    private sealed record Ring(int Value, Ring? Next);

    private sealed class Endless<T>
    {
        internal Endless<List<T>>? Next { get; set; }
    }
}
