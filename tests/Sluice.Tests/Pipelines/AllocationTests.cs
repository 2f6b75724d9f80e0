namespace Sluice.Tests;

/// <summary>An item costs no memory: a run of 110,000 items allocates what a run of 10,000 allocates.</summary>
public sealed class AllocationTests
{
    private const int Few = 10_000;
    private const int Many = 110_000;

    /// <summary>The first runs also make what is made once.</summary>
    private const int WarmUpRounds = 2;

    [Fact]
    public void An_array_through_several_stages_and_operators_allocates_nothing_for_an_item() =>
        AssertSame(ThroughAll(Source.From(Ints(Few))), ThroughAll(Source.From(Ints(Many))));

    [Fact]
    public void An_array_straight_to_a_sink_allocates_nothing_for_an_item() =>
        AssertSame(Source.From(Ints(Few)).To(Sink.Count<int>()), Source.From(Ints(Many)).To(Sink.Count<int>()));

    [Fact]
    public void An_iterator_through_several_stages_and_operators_allocates_nothing_for_an_item() =>
        AssertSame(ThroughAll(Source.From(Iterate(Few))), ThroughAll(Source.From(Iterate(Many))));

    [Fact]
    public void A_created_source_through_several_stages_and_operators_allocates_nothing_for_an_item() =>
        AssertSame(ThroughAll(Source.Create<int>((next, _) => Produce(next, Few))), ThroughAll(Source.Create<int>((next, _) => Produce(next, Many))));

    [Fact]
    public void Operators_with_state_allocate_nothing_for_an_item() =>
        AssertSame(ThroughState(Source.From(Ints(Few))), ThroughState(Source.From(Ints(Many))));

    [Fact]
    public void Sinks_that_fold_allocate_nothing_for_an_item()
    {
        AssertSame(Source.From(Ints(Few)).To(Sink.Last<int>()), Source.From(Ints(Many)).To(Sink.Last<int>()));
        AssertSame(Source.From(Ints(Few)).To(Sink.CountBy<int, int>(x => x % 10)), Source.From(Ints(Many)).To(Sink.CountBy<int, int>(x => x % 10)));
    }

    [Fact]
    public void A_broadcast_that_merges_again_allocates_nothing_for_an_item() =>
        AssertSame(Diamond(Ints(Few)), Diamond(Ints(Many)));

    [Fact]
    public void A_broadcast_to_branches_allocates_nothing_for_an_item() =>
        AssertSame(Branches(Ints(Few)), Branches(Ints(Many)));

    [Fact]
    public void A_merge_of_sources_that_take_turns_allocates_nothing_for_an_item() =>
        AssertSame(
            Source.Merge(Source.From(Ints(Few)), Source.From(Iterate(Few)).Through<int>(Stages.Pass)).To(Sink.Count<int>()),
            Source.Merge(Source.From(Ints(Many)), Source.From(Iterate(Many)).Through<int>(Stages.Pass)).To(Sink.Count<int>()));

    [Fact]
    public void A_concat_a_zip_and_a_combine_latest_allocate_nothing_for_an_item()
    {
        AssertSame(Several(Few), Several(Many));
        AssertSame(Latest(Few), Latest(Many));

        static Pipeline<long> Several(int count) => Source.From(Ints(count)).Concat(Source.From(Iterate(count)))
            .Zip(Source.From(Ints(2 * count)), (x, y) => x + y).To(Sink.Count<int>());

        static Pipeline<long> Latest(int count) => Source.From(Iterate(count)).CombineLatest(Source.From(Ints(count)), (x, y) => x + y).To(Sink.Count<int>());
    }

    [Fact]
    public void A_target_started_by_hand_in_a_stage_allocates_nothing_for_an_item() =>
        AssertSame(ByHand(Ints(Few)), ByHand(Ints(Many)));

    [Fact]
    public void A_delegation_for_each_run_and_not_for_each_item_allocates_nothing_for_an_item() =>
        AssertSame(Delegating(Ints(Few)), Delegating(Ints(Many)));

    [Fact]
    public void An_error_policy_allocates_nothing_for_an_item_that_is_handled()
    {
        AssertSame(WithPolicies(Source.From(Ints(Few))), WithPolicies(Source.From(Ints(Many))));
        AssertSame(WithPolicies(Source.From(Iterate(Few))), WithPolicies(Source.From(Iterate(Many))));
    }

    private static Pipeline<long> WithPolicies(Source<int> source) => source
        .Through(Stage.Create<int, int>(Stages.Pass).OnError(ErrorPolicy.Retry(3), _ => { }))
        .Through(Stage.Select<int, int>(x => x + 1).OnError(ErrorPolicy.Skip.For<FormatException>()).OnError(ErrorPolicy.Restart(5)))
        .To(Sink.Count<int>());

    private static Pipeline<long> ThroughAll(Source<int> source) => source
        .Where(x => x >= 0)
        .Through<int>(Stages.Pass)
        .Select(x => (long)x)
        .Tap(_ => { })
        .Skip(1)
        .Take(long.MaxValue)
        .Through<long>(Stages.Pass)
        .To(Sink.Count<long>());

    /// <summary>Each item has a new key, so a set of keys that forgot none would grow.</summary>
    private static Pipeline<long> ThroughState(Source<int> source) => source
        .Distinct(capacity: 100)
        .DistinctUntilChanged()
        .SkipWhile(x => x < 5)
        .TakeWhile(x => x >= 0)
        .Pairwise()
        .Scan(0L, (sum, pair) => sum + pair.Current)
        .To(Sink.Aggregate<long, long, long>(0, (sum, x) => sum + x, sum => sum));

    private static Pipeline Diamond(int[] items)
    {
        var merged = Sink.Create<int>(Forget);
        return Source.From(items).Broadcast(
            Stage.Where<int>(x => x % 2 == 0) | merged,
            Stage.Create<int, int>(Stages.Pass) | Stage.Select<int, int>(x => -x) | merged);
    }

    private static Pipeline<long> Branches(int[] items) => Source.From(items)
        .Broadcast(Stage.Where<int>(x => x % 2 == 0), Stage.Create<int, int>(Stages.Pass) | Stage.Select<int, int>(x => -x))
        .To(Sink.Count<int>());

    private static Pipeline ByHand(int[] items) => Source.From(items).To(async inbox =>
    {
        var inner = Target.Start<int>(Forget);
        await foreach (var item in inbox)
        {
            await inner.SendAsync(item);
        }

        await inner.CloseAsync();
    });

    private static Pipeline<long> Delegating(int[] items) => Source.From(items).To(async inbox => await Deeper(inbox));

    private static async Coroutine<long> Deeper(Inbox<int> inbox)
    {
        var sum = 0L;
        await foreach (var item in inbox)
        {
            sum += item;
        }

        return sum;
    }

    private static async Coroutine Forget(Inbox<int> items)
    {
        await foreach (var _ in items)
        {
        }
    }

    private static async Coroutine Produce(Target<int> next, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await next.SendAsync(i);
        }
    }

    private static int[] Ints(int count) => [.. Enumerable.Range(0, count)];

    private static IEnumerable<int> Iterate(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }
    }

    private static void AssertSame<T>(Pipeline<T> few, Pipeline<T> many) => AssertSame(() => few.RunAsync(), () => many.RunAsync());

    private static void AssertSame(Pipeline few, Pipeline many) => AssertSame(() => few.RunAsync(), () => many.RunAsync());

    private static void AssertSame(Func<Task> few, Func<Task> many)
    {
        Measure(few);
        var (ofFew, ofMany) = (Measure(few), Measure(many));
        for (var round = 0; round < WarmUpRounds && ofFew != ofMany; round++)
        {
            (ofFew, ofMany) = (Measure(few), Measure(many));
        }

        Assert.Equal(ofFew, ofMany);
    }

    private static long Measure(Func<Task> start)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var run = start();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(run.IsCompletedSuccessfully, "The run left this thread, or failed.");
        return allocated;
    }
}
