using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests.Portability;

/// <summary>The types that a stage may keep, each by what can be seen of it; with emitted code and by reflection.</summary>
public sealed class PortableValuesTests
{
    public static TheoryData<string, object> Values
    {
        get
        {
            var data = new TheoryData<string, object>();
            object[] values =
            [
                true, (byte)200, (sbyte)-3, short.MinValue, ushort.MaxValue, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, 'ß', (Half)0.5, float.NaN, double.NegativeInfinity, -0.0,
                decimal.MinValue, Int128.MinValue, UInt128.MaxValue, BigInteger.Pow(-7, 99), Guid.Parse("00010203-0405-0607-0809-0a0b0c0d0e0f"), new Rune(0x1F600), TimeSpan.MinValue, DateTime.MaxValue,
                new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Local), new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromHours(-3.5)), DateOnly.MaxValue, TimeOnly.MaxValue, new Index(3, true), 1..^2,
                new Complex(1, 2), "", "plain", "ä€😀", "\uD800 half", DayOfWeek.Friday, Tiny.B, Huge.Last, (1, "a", 2.5), Tuple.Create(1, "x"), KeyValuePair.Create("k", 1), new Point(1, new Size(2, 3)),
                new[] { 1, 2, 3 }, new byte[] { 1, 2, 255 }, new[] { "a", null, "a" }, new[,,] { { { 1 }, { 2 } } }, new[] { new[] { 1 }, [] }, Array.Empty<object>(), new object[] { 1, "x", 2.5 },
                new List<string> { "a", "b" }, new Queue<int>([1, 2, 3]), new LinkedList<int>([3, 2, 1]), new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "A", "b" },
                new SortedSet<int>(new Backwards()) { 1, 2, 3 }, new Dictionary<string, int> { ["x"] = 1 }, new SortedDictionary<string, int>(StringComparer.Ordinal) { ["b"] = 2, ["a"] = 1 },
                new SortedList<int, string> { [2] = "b", [1] = "a" }, new ConcurrentQueue<int>([1, 2]), ImmutableArray.Create(1, 2), ImmutableList.Create(1, 2, 3), ImmutableHashSet.Create(1),
                ImmutableSortedSet.Create(3, 1), ImmutableSortedDictionary<int, int>.Empty.Add(1, 2), ImmutableQueue.Create(1, 2), ImmutableStack.Create(1, 2), new BitArray([true, false, true]),
                new StringBuilder("text"), new Version(1, 2, 3), new Uri("https://example.org/a?b#c"), new Uri("relative/path", UriKind.Relative), CultureInfo.InvariantCulture, TimeZoneInfo.Utc,
                new Regex("a+b", RegexOptions.IgnoreCase), typeof(Dictionary<string, Point>), typeof(int[,]), new Person("Ann", new("Bob", null)), new { Name = "anonymous", Age = 3 },
                new ArrayList0(), EqualityComparer<string>.Default, Comparer<int>.Default, StringComparer.OrdinalIgnoreCase, TimeProvider.System, new Random(5), ReferenceEqualityComparer.Instance,
                new Uri("/rooted", UriKind.Relative), new BitArray(20, true), new int[0, 5000], new ConcurrentBag<int>([1, 2, 3]), new ConcurrentStack<int>([1, 2, 3]), new ArraySegment<int>([1, 2, 3, 4], 1, 2),
                "letters".AsMemory(2, 3), (ReadOnlyMemory<byte>)new byte[] { 1, 2 }, default(ReadOnlyMemory<char>),
                new OrderedDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["b"] = 1, ["a"] = 2 }, new Collection<int> { 1, 2 }, new ObservableCollection<int> { 1 }, new ReadOnlyCollection<int>([1, 2]),
                new ReadOnlyDictionary<string, int>(new Dictionary<string, int> { ["a"] = 1 }), new ReadOnlySet<int>(new HashSet<int> { 1 }), new Dictionary<object, int>(ReferenceEqualityComparer.Instance) { ["key"] = 1 },
                new SortedSet<int>(Comparer<int>.Create((x, y) => y.CompareTo(x))) { 1, 2, 3 }, new HashSet<string>(EqualityComparer<string>.Create((x, y) => x?.Length == y?.Length, x => x.Length)) { "a", "bc" },
                new SortedDictionary<int, string>(new ByRemainder(3)) { [4] = "b", [3] = "a" }, new PriorityQueue<string, int>([("a", 1)], new ByRemainder(3)).Comparer,
                new Dictionary<string, int>(new Lengths()) { ["ab"] = 1, ["c"] = 2 }, new ConcurrentDictionary<string, int>(new Lengths()) { ["ab"] = 1 }, new SortedList<int, string>(new ByRemainder(2)) { [2] = "x" },
                ImmutableDictionary.Create<string, int>(new Lengths()).Add("ab", 1), ImmutableHashSet.Create<string>(new Lengths(), "a"), ImmutableSortedSet.Create(new ByRemainder(3), 1, 3), ImmutableSortedDictionary.Create<int, int>(new ByRemainder(3)).Add(1, 1), new List<object?> { null, 1, new List<int> { 1 } },
            ];
            for (var i = 0; i < values.Length; i++)
            {
                data.Add($"{i} {values[i].GetType().Name}", values[i]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task It_comes_back_as_it_was(string name, object value)
    {
        foreach (var usesReflection in (bool[])[false, true])
        {
            var copy = await RoundTrip(value, usesReflection);

            Assert.True(copy.GetType() == value.GetType() || value is Type, name);
            Assert.Equal(Shown(value), Shown(copy));
        }
    }

    [Fact]
    public async Task A_stack_and_a_priority_queue_keep_their_order()
    {
        var queue = new PriorityQueue<string, int>([("late", 3), ("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
        var (stack, again) = (new Stack<int>([1, 2, 3]), (PriorityQueue<string, int>)await RoundTrip(queue));

        Assert.Equal(stack, (Stack<int>)await RoundTrip(stack));
        while (queue.TryDequeue(out var expected, out _))
        {
            Assert.Equal(expected, again.Dequeue());
        }

        Assert.Equal(0, again.Count);
    }

    [Fact]
    public async Task A_seeded_random_goes_on_with_the_same_numbers()
    {
        var random = new Random(42);
        random.Next();
        var copy = (Random)await RoundTrip(random);

        Assert.Equal(random.Next(), copy.Next());
        Assert.NotEqual(random.NextDouble(), random.NextDouble());
    }

    [Fact]
    public async Task Hashed_collections_are_rebuilt_so_that_their_keys_are_found()
    {
        var key = new Person("Ann", new("Bob", null));
        var inner = new HashSet<string> { "x" };
        var copy = (Dictionary<Person, HashSet<string>>)await RoundTrip(new Dictionary<Person, HashSet<string>> { [key] = inner });
        var concurrent = (ConcurrentDictionary<string, int>)await RoundTrip(new ConcurrentDictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 });
        var immutable = (ImmutableDictionary<string, int>)await RoundTrip(ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase).Add("A", 1));

        Assert.Contains("x", copy[key with { }]);
        Assert.Equal(1, concurrent["a"]);
        Assert.Equal(1, immutable["a"]);
    }

    [Fact]
    public async Task What_is_shared_is_shared_in_the_copy_and_cycles_stay_cycles()
    {
        var shared = new List<int> { 1 };
        var self = new Node { Value = 1 };
        self.Next = self;
        var copy = (object[])await RoundTrip(new object[] { shared, shared, self, "same", "same" });

        Assert.Same(copy[0], copy[1]);
        Assert.Same(((Node)copy[2]).Next, copy[2]);
        Assert.NotSame(shared, copy[0]);
    }

    [Fact]
    public async Task A_collection_is_rebuilt_after_those_that_its_keys_are_made_of()
    {
        var (first, second) = (new HashSet<int> { 1, 2 }, new HashSet<int> { 3 });
        var groups = new Dictionary<HashSet<int>, string>(new SameMembers()) { [first] = "first", [second] = "second" };

        foreach (var graph in (object[][])[[groups, first], [first, groups], [new Dictionary<string, object> { ["a"] = second, ["b"] = groups, ["c"] = first }]])
        {
            var copy = (object[])await RoundTrip(graph);
            var again = copy.Concat((copy[0] as Dictionary<string, object>)?.Values ?? Enumerable.Empty<object>()).OfType<Dictionary<HashSet<int>, string>>().Single();
            Assert.Equal("first", again[[2, 1]]);
            Assert.Equal("second", again[[3]]);
        }
    }

    [Fact]
    public async Task Cycles_go_through_hashed_collections()
    {
        var (one, two) = (new Member("one"), new Member("two"));
        one.Friends[two] = [one, two];
        two.Friends[one] = [two];
        two.ByName["self"] = two;

        var copy = (Member)await RoundTrip(one);

        var friend = copy.Friends.Keys.Single();
        Assert.Equal("two", friend.Name);
        Assert.Contains(copy, copy.Friends[friend]);
        Assert.Same(copy, friend.Friends.Keys.Single());
        Assert.Contains(friend, friend.Friends[copy]);
        Assert.Same(friend, friend.ByName["SELF"]);
    }

    [Fact]
    public async Task A_million_numbers_and_a_long_text_come_back()
    {
        var copy = (object[])await RoundTrip(new object[] { Enumerable.Range(0, 1_000_000).ToList(), new string('ä', 10_000_000), new string('€', 1_000_000) });

        Assert.Equal(Enumerable.Range(0, 1_000_000), (List<int>)copy[0]);
        Assert.Equal((10_000_000, 1_000_000), (((string)copy[1]).Count('ä'), ((string)copy[2]).Count('€')));
    }

    [Fact]
    public async Task A_million_objects_in_a_row_take_no_stack()
    {
        const int count = 1_000_000;
        Node? first = null;
        for (var i = 0; i < count; i++)
        {
            first = new Node { Value = i, Next = first };
        }

        var copied = 0;
        for (var at = (Node?)await RoundTrip(first!); at is not null; at = at.Next)
        {
            copied++;
        }

        Assert.Equal(count, copied);
    }

    [Fact]
    public async Task Delegates_come_back_with_what_they_captured()
    {
        var total = 10;
        Func<int, int> add = number => total + number;
        Func<int, int> recursive = null!;
        recursive = number => number <= 1 ? 1 : number * recursive(number - 1);
        Action<List<int>> both = list => list.Add(1);
        both += list => list.Add(2);
        var copy = (object[])await RoundTrip(new object[] { add, recursive, both, (Func<string, int>)int.Parse, new Person("Ann", null).Greet });
        var list = new List<int>();
        ((Action<List<int>>)copy[2])(list);

        Assert.Equal(15, ((Func<int, int>)copy[0])(5));
        Assert.Equal(120, ((Func<int, int>)copy[1])(5));
        Assert.Equal([1, 2], list);
        Assert.Equal("Hello from Ann", ((Func<string>)copy[4])());
    }

    [Fact]
    public async Task Delegates_of_delegates_come_back_whichever_is_found_first()
    {
        Func<int, bool> isLarge = number => number > 5;
        var predicate = new Predicate<int>(isLarge);
        var again = new Func<int, bool>(predicate);
        foreach (var graph in (object[][])[[isLarge, predicate, again], [again, predicate, isLarge], [predicate, again, isLarge]])
        {
            foreach (var copy in (object[])await RoundTrip(graph))
            {
                Assert.True(copy is Func<int, bool> function ? function(6) && !function(5) : copy is Predicate<int> same && same(6) && !same(5));
            }
        }
    }

    [Fact]
    public async Task Elapsed_time_goes_on_where_it_was_on_another_clock()
    {
        var (clock, other) = (new FakeTimeProvider(), new FakeTimeProvider());
        other.Advance(TimeSpan.FromDays(400));
        var target = Target.Start<int, object>(items => Keep(items, new ElapsedTime(clock)));
        clock.Advance(TimeSpan.FromSeconds(7));

        var snapshot = Copies.Of(await target.SnapshotAsync(new() { Outside = { ["clock"] = clock } }), new() { Outside = { ["clock"] = other } });
        other.Advance(TimeSpan.FromDays(1));
        var copy = snapshot.Resume<int, object>();
        other.Advance(TimeSpan.FromSeconds(3));

        await copy.CloseAsync();
        var time = (ElapsedTime)await copy.Completion;
        Assert.Equal(TimeSpan.FromSeconds(10), time.Value);
        time.Restart();
        Assert.Equal(TimeSpan.Zero, time.Value);
    }

    [Fact]
    public async Task An_enumerator_of_a_list_goes_on()
    {
        var target = Target.Start<int, string>(FromList);
        await target.SendAsync(0);
        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await copy.SendAsync(0);
        await copy.SendAsync(0);
        Assert.Equal("a0b0c0", await Wait.For(copy.Completion));
    }

    private static async Coroutine<string> FromList(Inbox<int> items)
    {
        var text = "";
        foreach (var letter in new List<string> { "a", "b", "c" })
        {
            text += letter + await items.ReceiveAsync();
        }

        return text;
    }

    private static async Task<object> RoundTrip(object value, bool usesReflection = false)
    {
        var options = new SnapshotOptions { UsesReflection = usesReflection };
        var target = Target.Start<int, object>(items => Keep(items, value));
        var copy = Copies.Of(await target.SnapshotAsync(options), options).Resume<int, object>();
        await copy.CloseAsync();
        return await copy.Completion;
    }

    private static async Coroutine<object> Keep(Inbox<int> items, object value)
    {
        await foreach (var _ in items)
        {
        }

        return value;
    }

    internal static string Shown(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        double number => BitConverter.DoubleToInt64Bits(number).ToString("X", CultureInfo.InvariantCulture),
        DateTime time => $"{time:O} {time.Kind}",
        Regex regex => $"{regex} {regex.Options} {regex.IsMatch("AAB")}",
        Random => "random",
        Delegate => "delegate",
        ReadOnlyMemory<byte> bytes => Shown(bytes.ToArray()),
        TimeZoneInfo zone => zone.ToSerializedString(),
        IEnumerable all => $"{value.GetType()} [{string.Join(", ", all.Cast<object?>().Select(Shown))}]",
        _ => $"{value.GetType()} {value}",
    };

    private enum Tiny : byte
    {
        A,
        B = 255,
    }

    private enum Huge : ulong
    {
        Last = ulong.MaxValue,
    }

    private readonly record struct Size(int Width, int Height);

    private readonly record struct Point(int X, Size Size);

    private sealed record Person(string Name, Person? Friend)
    {
        internal Func<string> Greet => () => $"Hello from {Name}";
    }

    private sealed class Node
    {
        internal int Value;
        internal Node? Next;
    }

    private sealed class Member(string name)
    {
        internal string Name { get; } = name;

        internal Dictionary<Member, HashSet<Member>> Friends { get; } = [];

        internal Dictionary<string, Member> ByName { get; } = new(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Derives from the framework's class, and has something in it.</summary>
    private sealed class ByRemainder(int divisor) : Comparer<int>
    {
        public override int Compare(int x, int y) => (x % divisor).CompareTo(y % divisor);

        public override string ToString() => $"by remainder of {divisor}";
    }

    private sealed class Lengths : EqualityComparer<string>
    {
        public override bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public override int GetHashCode(string obj) => obj.Length;
    }

    private sealed class SameMembers : IEqualityComparer<HashSet<int>>
    {
        public bool Equals(HashSet<int>? x, HashSet<int>? y) => x!.SetEquals(y!);

        public int GetHashCode(HashSet<int> obj) => obj.Sum();
    }

    private sealed class Backwards : IComparer<int>
    {
        public int Compare(int x, int y) => y.CompareTo(x);
    }

    private abstract class Base
    {
        private readonly int _hidden = 7;

        public override string ToString() => $"hidden {_hidden}";
    }

    private sealed class ArrayList0 : Base;
}
