namespace Sluice.Tests;

/// <summary>Each item goes round once before it comes out.</summary>
public sealed class FeedbackTests : OperatorWithCodeContract<int>
{
    private const int SecondRound = 1_000_000;

    private readonly List<int> _dropped = [];

    protected override (string Name, string? Detail) Shown => ("Feedback", "4, Fail");

    protected override Stage<int, int> Create(Func<int, int> look) =>
        Stage.Feedback<int, int>((items, next, back) => TwoRounds(items, next, back, look), 4, OnFull.Fail);

    protected override Source<int> Extend(Source<int> source) =>
        source.Feedback<int, int>((items, next, back) => TwoRounds(items, next, back, static item => item), 4, OnFull.Fail);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    private static async Coroutine TwoRounds(Inbox<int> items, Target<int> next, Target<int> back, Func<int, int> look)
    {
        await foreach (var item in items)
        {
            await (item >= SecondRound ? next.SendAsync(item - SecondRound) : back.SendAsync(look(item) + SecondRound));
        }
    }

    /// <summary>Sends each item on, and all that it leads to back.</summary>
    private static async Coroutine Walk(Inbox<int> items, Target<int> next, Target<int> back, Func<int, IEnumerable<int>> leadsTo)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
            foreach (var found in leadsTo(item))
            {
                await back.SendAsync(found);
            }
        }
    }

    [Fact]
    public async Task Items_that_yield_further_items_come_round_until_none_is_left_and_before_the_next_of_the_input()
    {
        // The children of n are 10n + 1 and 10n + 2, three generations of them.
        var seen = await ListOf(Source.From([1, 2]).Feedback<int, int>((items, next, back) => Walk(items, next, back, Children), 4, OnFull.Fail));

        Assert.Equal([1, 11, 12, 111, 112, 121, 122, 2, 21, 22, 211, 212, 221, 222], seen);

        static IEnumerable<int> Children(int n) => n < 100 ? [(10 * n) + 1, (10 * n) + 2] : [];
    }

    [Fact]
    public async Task The_input_waits_while_something_is_in_the_loop()
    {
        var (numbers, signal, seen) = (new Numbers(), new Signal(), new List<int>());
        var run = Source.From(numbers.Endless()).Feedback<int, int>(async (items, next, back) =>
        {
            await foreach (var item in items)
            {
                await (item < 10 ? back.SendAsync(item + 10) : item < 20 ? Onwards() : next.SendAsync(item - 20));

                async ValueTask Onwards()
                {
                    await signal.Task;
                    await back.SendAsync(item + 10);
                }
            }
        }, 1, OnFull.Fail).Take(3).To(Sink.ForEach<int>(seen.Add)).RunAsync();
        Assert.Equal(1, numbers.Produced);

        signal.Set();

        await Wait.For(run);
        Assert.Equal([1, 2, 3], seen);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [InlineData(OnFull.DropOldest, new[] { 0, 4, 5 }, new[] { 1, 2, 3 })]
    [InlineData(OnFull.DropNewest, new[] { 0, 1, 2 }, new[] { 3, 4, 5 })]
    public async Task A_full_loop_drops_what_it_was_told(OnFull onFull, int[] expected, int[] expectedDropped)
    {
        var seen = await ListOf(Source.From([0]).Feedback<int, int>((items, next, back) => Walk(items, next, back, n => n == 0 ? [1, 2, 3, 4, 5] : []), 2, onFull, _dropped.Add));

        Assert.Equal(expected, seen);
        Assert.Equal(expectedDropped, _dropped);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_loop_that_may_not_be_full_fails_whether_or_not_the_send_is_awaited(bool isAwaited)
    {
        var run = Source.From([0]).Feedback<int, int>(async (items, next, back) =>
        {
            await items.ReceiveAsync();
            for (var i = 0; i < 3; i++)
            {
                var sent = back.SendAsync(i);
                await (isAwaited ? sent : default);
            }
        }, 2, OnFull.Fail).Named("small").To(Sink.Count<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Equal("small", error.Data["Sluice.Stage"]);
        Assert.Contains("2 items wait", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_callback_throws_is_a_failure_of_the_loop()
    {
        var cause = new FormatException();
        var run = Source.From([0]).Feedback<int, int>((items, next, back) => Walk(items, next, back, n => [1, 2]), 1, OnFull.DropNewest, _ => throw cause)
            .Named("bad").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_stage_may_begin_with_items_of_its_own()
    {
        var seen = await ListOf(Source.From(Array.Empty<int>()).Feedback<int, int>(async (items, next, back) =>
        {
            await back.SendAsync(1);
            await back.SendAsync(2);
            await Walk(items, next, back, n => n < 5 ? [n + 2] : []);
        }, 2, OnFull.Fail));

        Assert.Equal([1, 2, 3, 4, 5, 6], seen);
    }

    [Fact]
    public async Task Items_come_round_in_the_order_in_which_they_were_sent_back_whatever_they_lead_to()
    {
        await Seed.Each(50, async random =>
        {
            var leadsTo = Enumerable.Range(0, 200).Select(n => Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(n + 1, 220)).ToArray()).ToArray();
            int[] input = [.. Enumerable.Range(0, 5).Select(_ => random.Next(180))];
            var expected = new List<int>();
            foreach (var first in input)
            {
                var queue = new Queue<int>([first]);
                while (expected.Count < 2000 && queue.TryDequeue(out var n))
                {
                    expected.Add(n);
                    Array.ForEach(LeadsTo(n), queue.Enqueue);
                }
            }

            var seen = await ListOf(Source.From(input).Feedback<int, int>((items, next, back) => Walk(items, next, back, LeadsTo), int.MaxValue, OnFull.Fail).Take(2000));
            Assert.Equal(expected.Take(2000), seen);

            int[] LeadsTo(int n) => n < leadsTo.Length ? leadsTo[n] : [];
        });
    }

    [Fact]
    public async Task An_item_that_comes_round_allocates_nothing()
    {
        var (before, allocated) = (0L, long.MaxValue);
        await Wait.For(Source.From([0]).Feedback<int, int>(async (items, next, back) =>
        {
            await foreach (var n in items)
            {
                before = n == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
                allocated = n == 1000 ? GC.GetAllocatedBytesForCurrentThread() - before : allocated;
                await next.SendAsync(n);
                await (n < 1000 ? back.SendAsync(n + 1) : default);
            }
        }, 1, OnFull.Fail).To(Sink.Count<int>()).RunAsync());

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        var pass = (Inbox<int> items, Target<int> next, Target<int> back) => Stages.Pass(items, next);
        Assert.Throws<ArgumentNullException>("stage", () => Stage.Feedback<int, int>(null!, 1, OnFull.Fail));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Stage.Feedback(pass, 0, OnFull.Fail));
        Assert.Throws<ArgumentOutOfRangeException>("onFull", () => Stage.Feedback(pass, 1, (OnFull)9));
        var wait = Assert.Throws<ArgumentException>("onFull", () => Source.From([1]).Feedback(pass, 1, OnFull.Wait));
        Assert.StartsWith("A loop cannot wait for room", wait.Message, StringComparison.Ordinal);
    }
}
