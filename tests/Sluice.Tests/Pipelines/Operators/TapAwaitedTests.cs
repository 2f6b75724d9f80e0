namespace Sluice.Tests;

public sealed class TapAwaitedTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Tap", "_ => Task.CompletedTask");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.Tap<int>(x =>
    {
        look(x);
        return default(ValueTask);
    });

    protected override Source<int> Extend(Source<int> source) => source.Tap(_ => Task.CompletedTask);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    [Fact]
    public async Task An_item_is_passed_on_when_the_call_is_done_and_the_next_is_taken_then()
    {
        var (numbers, done, log) = (new Numbers(), new Signal(), new List<string>());
        var run = Source.From(numbers.Endless()).Tap(async x =>
        {
            log.Add($"tap {x}");
            await done.Task;
        }).Take(2).To(Sink.ForEach<int>(x => log.Add($"sink {x}"))).RunAsync();
        Assert.Equal(["tap 1"], log);
        Assert.Equal(1, numbers.Produced);

        done.Set();

        await Wait.For(run);
        Assert.Equal(["tap 1", "sink 1", "tap 2", "sink 2"], log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_policy_is_for_each_call(bool isTask)
    {
        var (calls, letters) = (new List<int>(), new List<int>());
        var tap = isTask ? Stage.Tap<int>((x, _) => Look(x)) : Stage.Tap<int>(async x => await Look(x));
        var stage = tap.OnError(ErrorPolicy.Retry(1, thenSkip: true), async letter =>
        {
            await Task.Yield();
            letters.Add(letter.Item);
        });

        Assert.Equal([1, 3], await ListOf(Source.From([1, 2, 3]).Through(stage)));
        Assert.Equal([1, 2, 2, 3], calls);
        Assert.Equal([2], letters);

        async Task Look(int x)
        {
            calls.Add(x);
            await Task.Yield();
            Stages.ThrowAt(x, 2, new FormatException());
        }
    }

    [Fact]
    public async Task The_token_is_that_of_the_stage_and_its_cancellation_counts_as_what_caused_it()
    {
        var cause = new FormatException();
        foreach (var isFailure in (bool[])[false, true])
        {
            var waits = new Signal();
            var run = Source.From([1, 2]).Tap(async (x, token) =>
            {
                if (x == 2)
                {
                    waits.Set();
                    await new Signal().Task.WaitAsync(token);
                }
            }).Merge(Source.From(Later(waits, isFailure ? cause : null)).Named("other")).Take(2).To(Sink.ToList<int>()).RunAsync();

            if (isFailure)
            {
                Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
                Assert.Same(cause, Assert.Single(run.Exception!.InnerExceptions));
            }
            else
            {
                Assert.Equal([1, 9], await Wait.For(run));
            }
        }

        static async IAsyncEnumerable<int> Later(Signal after, Exception? failure)
        {
            await after.Task;
            yield return failure is null ? 9 : throw failure;
        }
    }

    [Fact]
    public async Task The_coroutine_of_a_key_may_start_one_by_hand()
    {
        var log = new List<string>();
        var seen = await ListOf(Source.From([1, 2, 3, 4]).ForEachKey<int, int, int>(x => x % 2, async (key, items, next) =>
        {
            await using var tap = Stage.Tap<int>(async (x, token) =>
            {
                Assert.Equal(items.Cancellation.CanBeCanceled, token.CanBeCanceled);
                await Task.Yield();
                log.Add($"{key}: {x}");
            }).Start(next);
            await Stages.Pass(items, tap);
        }));

        Assert.Equal([1, 2, 3, 4], seen);
        Assert.Equal(["1: 1", "0: 2", "1: 3", "0: 4"], log);
    }

    [Fact]
    public void A_missing_action_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("action", () => Stage.Tap((Func<int, ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("action", () => Stage.Tap((Func<int, Task>)null!));
        Assert.Throws<ArgumentNullException>("action", () => Stage.Tap((Func<int, CancellationToken, ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("action", () => Source.From([1]).Tap((Func<int, CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>("action", () => Sink.ForEach((Func<int, ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("action", () => Sink.ForEach((Func<int, Task>)null!));
        Assert.Throws<ArgumentNullException>("action", () => Sink.ForEach((Func<int, CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>("deadLetter", () => Stage.Skip<int>(0).OnError(ErrorPolicy.Skip, (Func<DeadLetter<int>, ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("deadLetter", () => Stage.Skip<int>(0).OnError(ErrorPolicy.Skip, (Func<DeadLetter<int>, Task>)null!));
        Assert.Throws<ArgumentNullException>("deadLetter", () => Stage.Skip<int>(0).OnError(ErrorPolicy.Skip, (Func<DeadLetter<int>, CancellationToken, Task>)null!));
    }
}
