namespace Sluice.Tests;

/// <summary>An error policy of <c>SelectAsync</c> is for each call by itself.</summary>
public sealed class AsyncCallPolicyTests
{
    private readonly PollingClock _clock = new();
    private readonly Dictionary<int, int> _calls = [];
    private readonly List<int> _aside = [];

    public static TheoryData<int, bool> Shapes => new() { { 1, true }, { 4, true }, { 4, false }, { 100, true }, { 100, false } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_call_that_fails_is_tried_again_and_keeps_its_place(int degree, bool ordered)
    {
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: item % 3), degree, ordered).OnError(ErrorPolicy.Retry(2), Aside);

        var seen = await ListOf(stage, 60);

        Assert.Equal(Enumerable.Range(1, 60), ordered ? seen : seen.Order());
        Assert.All(_calls, call => Assert.Equal(1 + (call.Key % 3), call.Value));
        Assert.Empty(_aside);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Items_that_are_left_out_are_the_ones_that_failed_and_no_other(int degree, bool ordered)
    {
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: item % 5 == 0 ? 99 : 0), degree, ordered).OnError(ErrorPolicy.Retry(1, thenSkip: true), Aside);

        var seen = await ListOf(stage, 60);

        Assert.Equal(Enumerable.Range(1, 60).Where(item => item % 5 != 0), ordered ? seen : seen.Order());
        Assert.Equal(Enumerable.Range(1, 12).Select(item => 5 * item), _aside.Order());
        Assert.All(_calls, call => Assert.Equal(call.Key % 5 == 0 ? 2 : 1, call.Value));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task What_the_policy_gives_up_on_fails_the_run(int degree, bool ordered)
    {
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: item == 7 ? 99 : 0), degree, ordered).Named("calls").OnError(ErrorPolicy.Retry(2));

        var error = await Assert.ThrowsAsync<FormatException>(() => ListOf(stage, 20));

        Assert.Equal("7", error.Message);
        Assert.Equal("calls", error.Data["Sluice.Stage"]);
        Assert.Equal("retry 2, then stop", error.Data["Sluice.ErrorPolicy"]);
        Assert.Equal(3, _calls[7]);
    }

    [Fact]
    public async Task A_call_that_waits_before_it_is_tried_again_holds_its_place_and_the_others_go_on()
    {
        await NoContext.Enter();
        var seen = new List<int>();
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: item == 1 ? 1 : 0), 3).OnError(ErrorPolicy.Retry(1, Backoff.Constant(TimeSpan.FromSeconds(5))));
        var run = Source.From(Enumerable.Range(1, 9)).Through(stage).To(items => Stages.Collect(items, seen)).RunAsync(new RunOptions { TimeProvider = _clock });

        await Wait.For(_clock.AtRest(), "the wait before the call is tried again");
        await Wait.Until(() => _calls.Count == 3, "as many calls as may run");
        Assert.Empty(seen); // the first has its place before the others
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, _calls[1]);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await Wait.For(run);
        Assert.Equal(Enumerable.Range(1, 9), seen);
        Assert.Equal(2, _calls[1]);
    }

    [Fact]
    public async Task The_policy_that_was_applied_last_gets_what_the_other_gives_up_on()
    {
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: item == 2 ? 99 : 0), 2)
            .OnError(ErrorPolicy.Retry(2)).OnError(ErrorPolicy.Skip, Aside);

        Assert.Equal([1, 3], await ListOf(stage, 3));
        Assert.Equal([2], _aside);
        Assert.Equal(3, _calls[2]);
        var node = Source.From([1]).Through(stage).To(Sink.Count<int>()).Graph.Nodes[1];
        Assert.Equal("SelectAsync", node.Name);
        Assert.EndsWith("; on error retry 2, then stop; on error skip; dead letters", node.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restarts_are_counted_for_all_calls_together()
    {
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: 1), 1).OnError(ErrorPolicy.Restart(2));

        var error = await Assert.ThrowsAsync<FormatException>(() => ListOf(stage, 5));

        Assert.Equal("3", error.Message);
        Assert.Equal([2, 2, 1], _calls.Values);
    }

    [Fact]
    public async Task A_policy_that_is_not_for_the_error_does_nothing()
    {
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: 1), 2).OnError(ErrorPolicy.Skip.For<IOException>(), Aside);

        await Assert.ThrowsAsync<FormatException>(() => ListOf(stage, 5));
        Assert.Empty(_aside);
    }

    [Fact]
    public async Task A_callback_for_dead_letters_that_fails_fails_the_run_with_both()
    {
        var stage = Stage.SelectAsync<int, int>((item, _) => CallAsync(item, failures: item == 2 ? 1 : 0), 2)
            .OnError(ErrorPolicy.Skip, _ => throw new IOException("no room"));

        var error = await Assert.ThrowsAsync<AggregateException>(() => ListOf(stage, 3));

        Assert.Collection(error.InnerExceptions, one => Assert.IsType<FormatException>(one), other => Assert.IsType<IOException>(other));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_by_itself_has_failed()
    {
        var stage = Stage.SelectAsync<int, int>(async (item, _) => item == 2 ? throw new TaskCanceledException("its own time-out") : await CallAsync(item, 0), 2).OnError(ErrorPolicy.Skip, Aside);

        Assert.Equal([1, 3], await ListOf(stage, 3));
        Assert.Equal([2], _aside);
    }

    [Theory]
    [InlineData("Buffer")]
    [InlineData("Delay")]
    [InlineData("Debounce")]
    [InlineData("Sample")]
    [InlineData("Timeout")]
    [InlineData("Chunk")]
    [InlineData("TumblingWindow")]
    [InlineData("Broadcast")]
    [InlineData("Balance")]
    public void A_stage_that_would_lose_what_it_holds_refuses_a_policy_and_says_what_to_do(string name)
    {
        var time = TimeSpan.FromSeconds(1);
        var pass = Stage.Create<int, int>(Stages.Pass);
        var refused = Assert.Throws<ArgumentException>("policy", () =>
        {
            _ = name switch
            {
                "Buffer" => (object)Stage.Buffer<int>(3).OnError(ErrorPolicy.Skip),
                "Delay" => Stage.Delay<int>(time, 3).OnError(ErrorPolicy.Skip),
                "Debounce" => Stage.Debounce<int>(time).OnError(ErrorPolicy.Skip),
                "Sample" => Stage.Sample<int>(time).OnError(ErrorPolicy.Skip),
                "Timeout" => Stage.Timeout<int>(time).OnError(ErrorPolicy.Skip),
                "Chunk" => Stage.Chunk<int>(3, time).OnError(ErrorPolicy.Skip),
                "TumblingWindow" => Stage.TumblingWindow<int>(time).OnError(ErrorPolicy.Skip),
                "Broadcast" => Stage.Broadcast(pass, pass).OnError(ErrorPolicy.Skip),
                _ => Stage.Balance(2, pass).OnError(ErrorPolicy.Skip),
            };
        });

        Assert.StartsWith($"'{name}' takes no error policy: ", refused.Message, StringComparison.Ordinal);
        Assert.Matches("Apply the policy to|Use a policy for", refused.Message);
    }

    [Fact]
    public void A_stage_of_ones_own_may_refuse_policies_and_says_why()
    {
        var stage = Stage.Create<int, int>(Stages.Pass, "Parse").RefusingPolicies("its items are parts of a message.").Named("parse");

        Assert.StartsWith("'parse' takes no error policy: its items are parts of a message.", Assert.Throws<ArgumentException>("policy", () => stage.OnError(ErrorPolicy.Skip)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("reason", () => stage.RefusingPolicies(null!));
        Assert.Throws<ArgumentException>("reason", () => stage.RefusingPolicies(" "));
    }

    private async Task<int> CallAsync(int item, int failures)
    {
        int call;
        lock (_calls)
        {
            call = _calls[item] = _calls.GetValueOrDefault(item) + 1;
        }

        await Task.Yield();
        return call <= failures ? throw new FormatException($"{item}") : item;
    }

    private void Aside(DeadLetter<int> letter) => _aside.Add(letter.Item);

    private static Task<List<int>> ListOf(Stage<int, int> stage, int count) =>
        Wait.For(Source.From(Enumerable.Range(1, count)).Through(stage).To(Sink.ToList<int>()).RunAsync());
}
