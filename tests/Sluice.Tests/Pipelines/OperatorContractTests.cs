using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>What every operator does alike: how close, early end, failures and cancellation pass it.</summary>
public sealed class OperatorContractTests
{
    private static readonly Dictionary<string, Func<Action, Stage<int, int>>> s_operators = new()
    {
        ["Where"] = onItem => Stage.Where<int>(_ => Do(onItem)),
        ["Select"] = onItem => Stage.Select<int, int>(x => Do(onItem) ? x : 0),
        ["SelectMany"] = onItem => Stage.SelectMany<int, int>(x => Do(onItem) ? new[] { x } : []),
        ["Tap"] = onItem => Stage.Tap<int>(_ => onItem()),
        ["Take"] = _ => Stage.Take<int>(long.MaxValue),
        ["Skip"] = _ => Stage.Skip<int>(0),
        ["Stage"] = _ => Stage.Create<int, int>(Stages.Pass),
        ["Row"] = onItem => Stage.Where<int>(_ => true) | Stage.Tap<int>(_ => onItem()) | Stage.Take<int>(100_000) | Stage.Skip<int>(0),
    };

    public static TheoryData<string> Operators => [.. s_operators.Keys];

    public static TheoryData<string> OperatorsWithCode => ["Where", "Select", "SelectMany", "Tap"];

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task All_items_pass_in_their_order(string name) =>
        Assert.Equal(Enumerable.Range(1, 1000), await Wait.For(Source.From(Enumerable.Range(1, 1000)).Through(Of(name)).To(Sink.ToList<int>()).RunAsync()));

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task Nothing_in_is_nothing_out_and_the_close_passes(string name)
    {
        var notes = new List<string>();
        await Wait.For(Source.From(Array.Empty<int>()).Through(Of(name)).To(items => Stages.CollectNoting(items, [], "closed", notes)).RunAsync());

        Assert.Equal(["closed"], notes);
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task An_early_end_behind_it_ends_the_source_after_exactly_the_items_taken(string name)
    {
        var numbers = new Numbers();

        Assert.Equal([1, 2, 3], await Wait.For(Source.From(numbers.Endless()).Through(Of(name)).Take(3).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task A_failure_behind_it_is_that_of_the_stage_behind_it(string name)
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Through(Of(name)).To(Sink.ForEach<int>(x => Stages.ThrowAt(x, 3, new FormatException())).Named("bad")).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
        Assert.Equal(3, numbers.Produced);
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task A_failure_before_it_is_thrown_in_behind_it(string name)
    {
        Exception? thrownIn = null;
        var cause = new FormatException();
        var run = Source.From(Enumerable.Range(1, 9).Select(x => Stages.ThrowAt(x, 3, cause))).Named("bad").Through(Of(name)).To(async items =>
        {
            try
            {
                await Stages.Collect(items, []);
            }
            catch (FormatException error)
            {
                thrownIn = error;
                throw;
            }
        }).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Same(cause, thrownIn);
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Theory]
    [MemberData(nameof(OperatorsWithCode))]
    public async Task An_error_in_its_own_code_is_a_failure_of_the_operator(string name)
    {
        var (numbers, seen, calls, cause) = (new Numbers(), new List<int>(), 0, new FormatException());
        var run = Source.From(numbers.Endless())
            .Through(s_operators[name](() => Stages.ThrowAt(++calls, 3, cause)).Named("bad"))
            .To(Sink.ForEach<int>(seen.Add)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], seen);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task A_run_that_waits_is_canceled_through_it(string name)
    {
        using var stop = new CancellationTokenSource();
        var (channel, notes) = (Channel.CreateUnbounded<int>(), new List<string>());
        channel.Writer.TryWrite(1);
        var run = Source.From(channel.Reader).Through(Of(name)).To(items => Stages.CollectNoting(items, [], "closed", notes)).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(stop.Token, error.CancellationToken);
        Assert.Equal(["closed"], notes);
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task A_receiver_that_waits_slows_the_source_down(string name)
    {
        var (numbers, signal) = (new Numbers(), new Signal());
        var run = Source.From(numbers.Endless()).Through(Of(name)).To(async items =>
        {
            await items.ReceiveAsync();
            await signal.Task;
        }).RunAsync();
        Assert.Equal(1, numbers.Produced);

        signal.Set();

        await Wait.For(run);
        Assert.Equal(1, numbers.Produced);
    }

    private static Stage<int, int> Of(string name) => s_operators[name](static () => { });

    private static bool Do(Action action)
    {
        action();
        return true;
    }
}
