namespace Sluice.Tests;

/// <summary>Error policies of sinks: what <see cref="ErrorPolicyTests"/> says of stages.</summary>
public sealed class SinkPolicyTests
{
    private readonly Failing _failing = new();
    private readonly List<int> _seen = [];

    [Fact]
    public async Task The_item_that_failed_is_offered_again_to_a_fresh_coroutine()
    {
        await Run(Sink.Create<int>(Body).OnError(ErrorPolicy.Restart(2)), at: [2, 4], times: 1);

        Assert.Equal([101, 201, 302, 401, 502], _seen);
        Assert.Equal([1, 2, 2, 3, 4, 4, 5], _failing.Attempts);
    }

    [Fact]
    public async Task An_item_is_left_out_and_goes_to_the_dead_letters()
    {
        await Run(Sink.ForEach<int>(item => _seen.Add(_failing.Look(item))).OnError(ErrorPolicy.Skip, _failing.Letters.Add), at: [2, 5]);

        Assert.Equal([1, 3, 4], _seen);
        Assert.Equal([2, 5], _failing.DeadItems);
        Assert.All(_failing.Letters, letter => Assert.Equal("Add", letter.StageName));
    }

    [Fact]
    public async Task A_failure_that_is_given_up_fails_the_run_and_names_the_sink_and_the_policy()
    {
        var error = await Assert.ThrowsAsync<FormatException>(() => Run(Sink.Create<int>(Body, "bad").OnError(ErrorPolicy.Retry(1)), at: [2]));

        Assert.Equal(("bad", "retry 1, then stop"), (error.Data["Sluice.Stage"], error.Data["Sluice.ErrorPolicy"]));
        Assert.Equal([101], _seen);
    }

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 3)]
    public async Task The_result_is_that_of_the_last_coroutine(bool fails, int expected)
    {
        var sink = Sink.Create<int, int>(CountBody, "count").OnError(ErrorPolicy.Restart(3));
        if (fails)
        {
            _failing.At(3, times: 1);
        }

        Assert.Equal(expected, await Wait.For(Source.From([1, 2, 3, 4, 5]).To(sink).RunAsync()));
        Assert.Equal("on error restart 3", Source.From([1]).To(sink).Graph.Nodes[^1].Detail);
    }

    [Fact]
    public async Task A_result_sink_that_is_never_given_an_item_or_that_needs_more_is_as_without_a_policy()
    {
        Assert.Equal(0, await Wait.For(Source.From(Array.Empty<int>()).To(Sink.Create<int, int>(CountBody).OnError(ErrorPolicy.Restart(3))).RunAsync()));

        var run = Source.From([1]).To(Sink.Create<int, int>(async items => await items.ReceiveAsync() + await items.ReceiveAsync()).OnError(ErrorPolicy.Skip)).RunAsync();
        await Assert.ThrowsAsync<InboxClosedException>(() => Wait.For(run));

        Assert.Equal(1, await Wait.For(Source.From([1, 2]).To(Sink.Create<int, int>(async items => await items.ReceiveAsync()).OnError(ErrorPolicy.Skip)).RunAsync()));
    }

    [Fact]
    public async Task Two_policies_of_a_result_sink_are_asked_in_turn()
    {
        _failing.At(3, times: 2);
        var sink = Sink.Create<int, int>(CountBody).OnError(ErrorPolicy.Restart(1)).OnError(ErrorPolicy.Restart(1));

        Assert.Equal(3, await Wait.For(Source.From([1, 2, 3, 4, 5]).To(sink).RunAsync()));
        Assert.Equal([1, 2, 3, 3, 3, 4, 5], _failing.Attempts);
    }

    [Fact]
    public async Task Counts_begin_again_after_a_time_without_a_failure()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(source => source.Through(Stage.Tap<int>(item => throw new FormatException($"{item}"))
            .OnError(ErrorPolicy.Restart(2, skipItem: true).ResetAfter(TimeSpan.FromSeconds(5)))));
        run.Send(1, 2);
        run.Pass(5);
        run.Send(3, 4);
        run.Pass(4);
        Assert.False(run.Task.IsCompleted);
        run.Send(5);

        Assert.Equal("5", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run.Task))).Message);
    }

    [Fact]
    public void Sinks_that_hold_items_and_several_sinks_are_refused_at_once()
    {
        Refused(() => Sink.ToList<int>().OnError(ErrorPolicy.Restart(1)), "its result is made of all items");
        Refused(() => Sink.Count<int>().OnError(ErrorPolicy.Restart(1)), "its result is made of all items");
        Refused(() => Sink.First<int>().OnError(ErrorPolicy.Restart(1)), "its result is made of all items");
        Refused(() => Sink.Last<int>().OnError(ErrorPolicy.Restart(1)), "its result is made of all items");
        Refused(() => Sink.Aggregate<int, int>(0, (x, y) => x + y).OnError(ErrorPolicy.Restart(1)), "its result is made of all items");
        Refused(() => Sink.CountBy<int, int>(x => x).OnError(ErrorPolicy.Restart(1)), "its result is made of all items");
        Refused(() => Sink.ToDictionary<int, int, int>(x => x, x => x).OnError(ErrorPolicy.Restart(1)), "its result is made of all items");
        Refused(() => Sink.WriteLines("lines.txt").OnError(ErrorPolicy.Restart(1)), "lines wait in it");
        Refused(() => (Stage.Skip<int>(0) | Sink.ForEach<int>(_seen.Add)).OnError(ErrorPolicy.Restart(1)), "is for one sink");
        Refused(() => Sink.Broadcast(Sink.ForEach<int>(_seen.Add)).OnError(ErrorPolicy.Restart(1)), "is for one sink");
        Refused(() => Sink.ForEach<int>(_seen.Add).RefusingPolicies("because.").OnError(ErrorPolicy.Restart(1)), "because.");
        Assert.Throws<ArgumentNullException>("policy", () => Sink.ForEach<int>(_seen.Add).OnError(null!));
        Assert.Throws<ArgumentNullException>("deadLetter", () => Sink.ForEach<int>(_seen.Add).OnError(ErrorPolicy.Skip, (Action<DeadLetter<int>>)null!));

        static void Refused(Action apply, string reason) => Assert.Contains(reason, Assert.Throws<ArgumentException>("policy", apply).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_form_of_a_dead_letter_is_called()
    {
        var letters = Target.Start<DeadLetter<int>>(async items =>
        {
            await foreach (var letter in items)
            {
                _failing.Letters.Add(letter);
            }
        });
        Sink<int>[] sinks =
        [
            Looking().OnError(ErrorPolicy.Skip, _failing.Letters.Add),
            Looking().OnError(ErrorPolicy.Skip, async letter =>
            {
                await Task.Yield();
                _failing.Letters.Add(letter);
            }),
            Looking().OnError(ErrorPolicy.Skip, letter => Task.Run(() => _failing.Letters.Add(letter))),
            Looking().OnError(ErrorPolicy.Skip, async (letter, token) =>
            {
                await Task.Yield();
                _failing.Letters.Add(letter);
            }),
            Looking().OnError(ErrorPolicy.Skip, (letter, token) => Task.Run(() => _failing.Letters.Add(letter), token)),
            Looking().OnError(ErrorPolicy.Skip, letters),
        ];
        _failing.At(2);
        foreach (var sink in sinks)
        {
            await Wait.For(Source.From([1, 2, 3]).To(sink).RunAsync());
        }

        Assert.Equal(Enumerable.Repeat(2, sinks.Length), _failing.DeadItems);

        Sink<int> Looking() => Sink.ForEach<int>(item => _failing.Look(item));
    }

    private Task Run(Sink<int> sink, int[] at, int times = int.MaxValue)
    {
        Array.ForEach(at, item => _failing.At(item, times));
        return Wait.For(Source.From([1, 2, 3, 4, 5]).To(sink).RunAsync());
    }

    private async Coroutine Body(Inbox<int> items)
    {
        var count = 0;
        await foreach (var item in items)
        {
            count++;
            _seen.Add((_failing.Look(item) * 100) + count);
        }
    }

    private async Coroutine<int> CountBody(Inbox<int> items)
    {
        var count = 0;
        await foreach (var item in items)
        {
            _failing.Look(item);
            count++;
        }

        return count;
    }
}
