using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

public sealed class PartitionTests : FanOutContract
{
    private static readonly int[] s_keys = Keys.ToEach(Sinks);

    protected override string Name => "Partition";

    protected override int ProducedWhenAllWait => 1;

    protected override Sink<int> Create(params Sink<int>[] sinks) => Sink.Partition(x => s_keys[x % Sinks], sinks);

    protected override Pipeline Extend(Source<int> source, params Sink<int>[] sinks) => source.Partition(x => s_keys[x % Sinks], sinks);

    protected override IEnumerable<int> WithoutTheFirst(IEnumerable<int> items) => items.Where(x => x % Sinks != 0);

    [Fact]
    public async Task All_items_of_a_key_go_to_the_same_sink_whatever_the_hash_code()
    {
        var hashes = Gen.OneOf(Gen.Choose(int.MinValue, int.MaxValue), Gen.Elements(int.MinValue, int.MaxValue, -1, 0)).NonEmptyListOf().ToArbitrary();
        var property = Prop.ForAll(hashes, some =>
        {
            var seen = NewLists();
            var comparer = new HashedBy(key => some[key]);
            var items = Enumerable.Range(0, 2 * some.Count).Select(x => x % some.Count);
            Wait.For(Source.From(items).Partition(x => x, comparer, [.. seen.Select(list => Sink.ForEach<int>(list.Add))]).RunAsync()).GetAwaiter().GetResult();

            Assert.Equal(items.Order(), seen.SelectMany(list => list).Order());
            Assert.All(seen, list => Assert.Equal(list.Distinct().Count() * 2, list.Count));
            return true;
        });

        await Wait.For(Task.Run(() => Seed.Check(100, property)), "all cases");
    }

    [Fact]
    public async Task A_comparer_tells_which_keys_are_the_same_and_a_key_may_be_null()
    {
        var seen = new[] { new List<string?>(), [], [], [], [] };
        await Wait.For(Source.From([null, "a", "A", null]).Partition(text => text, StringComparer.OrdinalIgnoreCase, [.. seen.Select(list => Sink.ForEach<string?>(list.Add))]).RunAsync());

        Assert.Equal(2, seen[0].Count(text => text is null));
        Assert.Contains(seen, list => list.Contains("a") && list.Contains("A"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_its_own_code_throws_is_a_failure_of_the_operator(bool inSelector)
    {
        var (cause, numbers) = (new FormatException(), new Numbers());
        var comparer = new HashedBy(key => key == 3 ? throw cause : key);
        var run = Source.From(numbers.Endless()).To(Sink.Partition(x => x == 3 && inSelector ? throw cause : x, comparer, Sink.Count<int>()).Named("bad")).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public void Missing_arguments_are_refused_at_once()
    {
        var sink = Sink.Count<int>();
        Assert.Throws<ArgumentNullException>("keySelector", () => Sink.Partition<int, int>(null!, sink));
        Assert.Throws<ArgumentNullException>("comparer", () => Sink.Partition<int, int>(x => x, comparer: null!, sink));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Partition(x => x, EqualityComparer<int>.Default, sink));
        Assert.Throws<ArgumentException>("sinks", () => Sink.Partition<int, int>(x => x));
        Assert.Throws<ArgumentException>("sinks", () => Sink.Partition<int, int>(x => x, sink, sink));
    }

    private sealed class HashedBy(Func<int, int> hash) : IEqualityComparer<int>, IStableHash<int>
    {
        public bool Equals(int x, int y) => x == y;

        public int GetHashCode(int key) => hash(key);

        public ulong StableHashOf(int key) => (uint)hash(key);
    }
}
