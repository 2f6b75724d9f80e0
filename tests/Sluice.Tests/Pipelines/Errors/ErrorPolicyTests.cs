namespace Sluice.Tests;

public sealed class ErrorPolicyTests
{
    private readonly Failing _failing = new();

    [Fact]
    public async Task Stop_fails_the_run_with_the_error_itself_and_the_name_of_the_stage()
    {
        var (run, seen) = Run(_failing.At(2), ErrorPolicy.Stop);

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("failing", error.Data["Sluice.Stage"]);
        Assert.Contains(nameof(Failing.Look), error.StackTrace, StringComparison.Ordinal);
        Assert.Same(error, Assert.Single(run.Exception!.InnerExceptions));
        Assert.Equal([101], seen);
        Assert.Equal([2], _failing.DeadItems);
    }

    [Fact]
    public async Task Skip_leaves_out_the_failing_items_and_the_state_of_the_stage_begins_anew()
    {
        var (run, seen) = Run(_failing.At(2).At(5), ErrorPolicy.Skip);

        await Wait.For(run);
        Assert.Equal([101, 301, 402], seen);
        Assert.Equal([2, 5], _failing.DeadItems);
        Assert.Equal(["start", "finally", "start", "finally", "start", "closed", "finally"], _failing.Notes);
    }

    [Fact]
    public async Task Retry_tries_an_item_again_before_the_next_one_and_keeps_the_order()
    {
        var (run, seen) = Run(_failing.At(2, times: 2).At(4, times: 1), ErrorPolicy.Retry(2));

        await Wait.For(run);
        Assert.Equal([101, 201, 302, 401, 502], seen);
        Assert.Equal([1, 2, 2, 2, 3, 4, 4, 5], _failing.Attempts);
        Assert.Empty(_failing.Letters);
        Assert.Equal(4, _failing.Notes.Count(note => note == "finally"));
    }

    [Fact]
    public async Task Retry_that_is_exhausted_fails_the_run_with_the_last_error()
    {
        var (run, seen) = Run(_failing.At(2, times: 3), ErrorPolicy.Retry(2));

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Same(error, Assert.Single(_failing.Letters).Error);
        Assert.Equal("failing", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2, 2, 2], _failing.Attempts);
        Assert.Equal([101], seen);
    }

    [Fact]
    public async Task Retry_then_skip_gives_up_an_item_and_counts_anew_for_the_next()
    {
        var (run, seen) = Run(_failing.At(2).At(3, times: 2), ErrorPolicy.Retry(2, thenSkip: true));

        await Wait.For(run);
        Assert.Equal([101, 301, 402, 503], seen);
        Assert.Equal([2], _failing.DeadItems);
    }

    [Fact]
    public async Task Restart_gives_the_item_again_and_counts_for_the_whole_run()
    {
        var (run, seen) = Run(_failing.At(1, times: 1).At(2, times: 1).At(4, times: 1), ErrorPolicy.Restart(2));

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal([101, 201, 302], seen);
        Assert.Equal([1, 1, 2, 2, 3, 4], _failing.Attempts);
        Assert.Equal([4], _failing.DeadItems);
    }

    [Fact]
    public async Task Restart_may_leave_out_the_item()
    {
        var (run, seen) = Run(_failing.At(1).At(3).At(5), ErrorPolicy.Restart(2, skipItem: true));

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal([201, 401], seen);
        Assert.Equal([1, 3, 5], _failing.DeadItems);
    }

    [Fact]
    public async Task Restart_without_a_limit_goes_on_to_the_end()
    {
        var items = Enumerable.Range(1, 1000).ToList();
        items.ForEach(item => _failing.At(item, times: 1));
        var retried = Source.From(items).Through(_failing.Stage().OnError(ErrorPolicy.Restart(null, Backoff.Constant(TimeSpan.Zero)))).To(Sink.Count<int>());
        Assert.Equal(1000, await Wait.For(retried.RunAsync()));

        items.ForEach(item => _failing.At(item, times: 1));
        var skipped = Source.From(items).Through(_failing.Stage().OnError(ErrorPolicy.Restart(null, skipItem: true), _failing.Letters.Add)).To(Sink.Count<int>());
        Assert.Equal(0, await Wait.For(skipped.RunAsync()));
        Assert.Equal(items, _failing.DeadItems);
    }

    [Theory]
    [InlineData("restart 2")]
    [InlineData("restart 2 and skip")]
    [InlineData("retry 2, then stop")]
    [InlineData("stop")]
    public async Task A_failure_that_a_policy_gives_up_on_carries_the_policy(string text)
    {
        ErrorPolicy[] policies = [ErrorPolicy.Restart(2), ErrorPolicy.Restart(2, skipItem: true), ErrorPolicy.Retry(2), ErrorPolicy.Stop];
        var (run, _) = Run(_failing.At(1).At(2).At(3), Array.Find(policies, policy => policy.ToString() == text)!);

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal((text, "failing"), (error.Data["Sluice.ErrorPolicy"], error.Data["Sluice.Stage"]));
    }

    [Fact]
    public async Task One_that_it_is_not_for_does_not()
    {
        var (run, _) = Run(_failing.At(1), ErrorPolicy.Skip.For<IOException>());

        Assert.False((await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Data.Contains("Sluice.ErrorPolicy"));
    }

    [Fact]
    public async Task What_a_policy_counts_belongs_to_a_run()
    {
        var pipeline = Source.From([1, 2]).Through(_failing.Stage().OnError(ErrorPolicy.Restart(1))).To(Sink.Count<int>());

        for (var run = 1; run <= 3; run++)
        {
            _failing.At(1, times: 1);
            Assert.Equal(2, await Wait.For(pipeline.RunAsync()));
        }
    }

    [Fact]
    public async Task A_filter_tells_which_errors_it_is_for_and_all_filters_have_to_agree()
    {
        var policy = ErrorPolicy.Skip.For<FormatException>().For(error => error.Message != "item 4");
        var (run, seen) = Run(_failing.At(2).At(4), policy);

        Assert.Equal("item 4", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Message);
        Assert.Equal([101, 301], seen);
        Assert.Equal([2], _failing.DeadItems);
        Assert.Equal("skip for FormatException and error => error.Message != \"item 4\"", policy.ToString());
    }

    [Fact]
    public async Task A_filter_that_fails_fails_the_stage_together_with_the_error()
    {
        var second = new NotSupportedException();
        var (run, _) = Run(_failing.At(2), ErrorPolicy.Skip.For(_ => throw second));

        var error = await Assert.ThrowsAsync<AggregateException>(() => Wait.For(run));
        Assert.Equal(["item 2", second.Message], error.InnerExceptions.Select(inner => inner.Message));
    }

    [Fact]
    public async Task An_operator_gets_a_policy_as_a_coroutine_does()
    {
        var letters = new List<DeadLetter<int>>();
        var stage = Stage.Select<int, int>(_failing.At(2, 1).At(3).Look).OnError(ErrorPolicy.Retry(1, thenSkip: true), letters.Add);

        Assert.Equal([1, 2, 4], await Wait.For(Source.From([1, 2, 3, 4]).Through(stage).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal([1, 2, 2, 3, 3, 4], _failing.Attempts);
        Assert.Equal(("Select", 3), (Assert.Single(letters).StageName, letters[0].Item));
    }

    [Fact]
    public async Task Two_policies_the_later_one_gets_what_the_other_gives_up_on()
    {
        var (inner, outer) = (new List<int>(), new List<int>());
        var stage = _failing.At(2).At(3, 1).Stage()
            .OnError(ErrorPolicy.Retry(1), letter => inner.Add(letter.Item))
            .OnError(ErrorPolicy.Skip, letter => outer.Add(letter.Item));

        Assert.Equal([101, 301, 402], await Wait.For(Source.From([1, 2, 3, 4]).Through(stage).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal([1, 2, 2, 3, 3, 4], _failing.Attempts);
        Assert.Equal([2], inner);
        Assert.Equal([2], outer);
    }

    [Fact]
    public async Task What_was_sent_before_the_failure_stays_sent()
    {
        var failing = new Failing().At(2, times: 1);
        var stage = Stage.Create<int, int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
                await next.SendAsync(-failing.Look(item));
            }
        }).OnError(ErrorPolicy.Retry(1));

        Assert.Equal([1, -1, 2, 2, -2, 3, -3], await Wait.For(Source.From([1, 2, 3]).Through(stage).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_runs_is_an_error_like_any_other()
    {
        var stage = Stage.Select<int, int>(x => x == 2 ? throw new OperationCanceledException() : x).OnError(ErrorPolicy.Skip);

        Assert.Equal([1, 3], await Wait.For(Source.From([1, 2, 3]).Through(stage).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public void The_graph_shows_the_policy_and_the_node_keeps_its_name_and_kind()
    {
        var stage = Stage.Where<int>(x => x > 0).Named("positive").OnError(ErrorPolicy.Retry(3, thenSkip: true).For<FormatException>());
        var node = Source.From([1]).Through(stage).To(Sink.Count<int>()).Graph.Nodes[1];

        Assert.Equal(("positive", NodeKind.Operator, "x => x > 0; on error retry 3, then skip for FormatException"), (node.Name, node.Kind, node.Detail));
        Assert.Equal("renamed", Source.From([1]).Through(stage.Named("renamed")).To(Sink.Count<int>()).Graph.Nodes[1].Name);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var stage = Stage.Where<int>(x => x > 0);
        var error = Assert.Throws<ArgumentException>("policy", () => (stage | Stage.Skip<int>(1)).OnError(ErrorPolicy.Skip));
        Assert.Contains("Where | Skip", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("policy", () => stage.OnError(null!));
        Assert.Throws<ArgumentNullException>("deadLetter", () => stage.OnError(ErrorPolicy.Skip, (Action<DeadLetter<int>>)null!));
        Assert.Throws<ArgumentNullException>("deadLetter", () => stage.OnError(ErrorPolicy.Skip, (Func<DeadLetter<int>, CancellationToken, ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("deadLetters", () => stage.OnError(ErrorPolicy.Skip, (Target<DeadLetter<int>>)null!));
        Assert.Throws<ArgumentNullException>("filter", () => ErrorPolicy.Skip.For(null!));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => ErrorPolicy.Retry(0));
        Assert.Throws<ArgumentOutOfRangeException>("limit", () => ErrorPolicy.Restart(0));
        Assert.Throws<ArgumentNullException>("backoff", () => ErrorPolicy.Restart(null));
        Assert.Equal("restart and skip", ErrorPolicy.Restart(null, skipItem: true).ToString());
    }

    private static (Task Run, List<int> Seen) Run(Failing failing, ErrorPolicy policy)
    {
        var seen = new List<int>();
        var run = Source.From([1, 2, 3, 4, 5]).Through(failing.Stage().OnError(policy, failing.Letters.Add)).To(Sink.ForEach<int>(seen.Add)).RunAsync();
        return (run, seen);
    }
}
