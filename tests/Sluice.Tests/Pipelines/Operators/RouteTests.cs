namespace Sluice.Tests;

public sealed class RouteTests : FanOutContract
{
    protected override string Name => "Route";

    protected override int ProducedWhenAllWait => 1;

    protected override Sink<int> Create(params Sink<int>[] sinks) => Sink.Route(Routes(sinks));

    protected override Pipeline Extend(Source<int> source, params Sink<int>[] sinks) => source.Route(Routes(sinks));

    protected override IEnumerable<int> WithoutTheFirst(IEnumerable<int> items) => items.Where(x => x % Sinks != 0);

    private static (Func<int, bool>, Sink<int>)[] Routes(Sink<int>[] sinks) => [.. sinks.Select((sink, index) => ((Func<int, bool>)(x => x % Sinks == index), sink))];

    [Fact]
    public async Task The_first_condition_that_holds_decides_and_the_rest_goes_otherwise()
    {
        var (small, even, rest) = (new List<int>(), new List<int>(), new List<int>());
        await Wait.For(From(8).Route(
            [(x => x < 3, Sink.ForEach<int>(small.Add)), (x => x % 2 == 0, Sink.ForEach<int>(even.Add))],
            otherwise: Sink.ForEach<int>(rest.Add)).RunAsync());

        Assert.Equal([0, 1, 2], small);
        Assert.Equal([4, 6], even);
        Assert.Equal([3, 5, 7], rest);
    }

    [Fact]
    public async Task Items_that_no_condition_holds_for_are_dropped_and_can_be_counted()
    {
        var (even, unmatched) = (new List<int>(), 0);
        await Wait.For(From(5).Route([(x => x % 2 == 0, Sink.ForEach<int>(even.Add))], onUnmatched: _ => unmatched++).RunAsync());

        Assert.Equal([0, 2, 4], even);
        Assert.Equal(2, unmatched);
    }

    [Fact]
    public async Task Or_fail_the_run()
    {
        var (numbers, even, unmatched) = (new Numbers(), new List<int>(), new List<int>());
        var run = Source.From(numbers.Endless()).To(Sink.Route([(x => x < 3, Sink.ForEach<int>(even.Add))], unmatched: Unmatched.Fail, onUnmatched: unmatched.Add).Named("bad")).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], even);
        Assert.Equal([3], unmatched);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task What_the_routes_of_an_ended_sink_take_is_not_offered_to_the_others()
    {
        var rest = new List<int>();
        await Wait.For(From(6).Route([(x => x % 2 == 0, Sink.Create<int>(Stages.TakeOne, "one"))], otherwise: Sink.ForEach<int>(rest.Add)).RunAsync());

        Assert.Equal([1, 3, 5], rest);
    }

    [Fact]
    public async Task Several_routes_may_lead_to_the_same_sink()
    {
        var (ends, seen) = (0, new List<int>());
        var shared = Sink.Create<int>(async items =>
        {
            await Stages.Collect(items, seen);
            ends++;
        });
        await Wait.For(From(6).Route([(x => x == 1, shared), (x => x == 2, Sink.Count<int>()), (x => x == 4, shared)], otherwise: shared).RunAsync());

        Assert.Equal([0, 1, 3, 4, 5], seen);
        Assert.Equal(1, ends);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_its_own_code_throws_is_a_failure_of_the_operator(bool inCondition)
    {
        var (cause, numbers) = (new FormatException(), new Numbers());
        var run = Source.From(numbers.Endless()).To(Sink.Route(
            [(x => x == 3 && inCondition ? throw cause : x != 3, Sink.Count<int>())],
            onUnmatched: _ => throw cause).Named("bad")).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public void Missing_routes_and_values_out_of_range_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("routes", () => Sink.Route<int>(null!));
        Assert.Throws<ArgumentException>("routes", () => Sink.Route<int>([]));
        Assert.Throws<ArgumentException>("routes", () => Sink.Route<int>([(null!, Sink.Count<int>())]));
        Assert.Throws<ArgumentException>("routes", () => Sink.Route<int>([(_ => true, null!)]));
        Assert.Throws<ArgumentOutOfRangeException>("unmatched", () => Sink.Route<int>([(_ => true, Sink.Count<int>())], unmatched: (Unmatched)2));
    }
}
