using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests.Portability;

/// <summary>Random stages over random items: capturing and resuming at any item changes nothing of what comes out.</summary>
public sealed class SnapshotPropertyTests
{
    [Fact]
    public void At_every_item_the_copy_goes_on_as_the_original()
    {
        var stages = Gen.Sized(size => StageOf(Math.Min(size, 12)));
        var cases = from stage in stages from items in Gen.ListOf(Gen.Choose(-5, 20)) select (stage, items.ToArray());

        Seed.Check(300, Prop.ForAll(Arb.From(cases), test => Same(test.stage, test.Item2)));
    }

    private static Gen<Step> StageOf(int size)
    {
        var leaf = Gen.OneOf<Step>(
            from number in Gen.Choose(1, 4) select (Step)new Add(number),
            Gen.Constant<Step>(new Emit()),
            Gen.Constant<Step>(new Receive()),
            Gen.Constant<Step>(new Remember()));
        if (size < 2)
        {
            return leaf;
        }

        var smaller = StageOf(size / 2);
        return Gen.OneOf<Step>(
            leaf,
            from first in smaller from second in smaller select (Step)new Both(first, second),
            from times in Gen.Choose(1, 3) from body in smaller select (Step)new Repeat(times, body),
            from body in smaller select (Step)new Guarded(body),
            from body in smaller select (Step)new UntilClosed(body));
    }

    private static bool Same(Step stage, int[] items)
    {
        var expected = Run(stage, items, move: false);
        var actual = Run(stage, items, move: true);
        return expected == actual ? true : throw new InvalidOperationException($"{stage}: '{actual}' instead of '{expected}'");
    }

    /// <summary>Sends the items; with a move to a copy, through bytes, before each of them and before the close.</summary>
    private static string Run(Step stage, int[] items, bool move)
    {
        var target = Target.Start<int, string>(inbox => Body(inbox, stage));
        foreach (var item in items)
        {
            target = Moved(target, move);
            if (target.Status != CoroutineStatus.Waiting)
            {
                break;
            }

            _ = Done(target.SendAsync(item).AsTask());
        }

        target = Moved(target, move);
        _ = Done(target.CloseAsync().AsTask());
        return target.Completion.IsCompletedSuccessfully ? target.Completion.Result : $"{target.Completion.Exception?.InnerException?.GetType().Name}";
    }

    private static Task Done(Task task) => task.IsCompleted ? task : throw new InvalidOperationException("A send did not complete at once.");

    private static CoroutineTarget<int, string> Moved(CoroutineTarget<int, string> target, bool move)
    {
        if (!move || target.Status != CoroutineStatus.Waiting)
        {
            return target;
        }

        var moved = target.MoveAsync().AsTask();
        _ = Done(moved);
        return Copies.Of(moved.Result).Resume<int, string>();
    }

    private static async Coroutine<string> Body(Inbox<int> items, Step stage)
    {
        var state = new State();
        try
        {
            await Run(stage, items, state);
        }
        catch (InboxClosedException)
        {
            state.Text.Add("closed");
        }

        return string.Join(' ', state.Text) + $" ={state.Sum}";
    }

    private static async Coroutine Run(Step step, Inbox<int> items, State state)
    {
        switch (step)
        {
            case Add add:
                state.Sum += add.Number;
                break;
            case Emit:
                state.Text.Add($"{state.Sum}");
                break;
            case Receive:
                state.Sum += await items.ReceiveAsync();
                break;
            case Remember:
                var before = state.Sum;
                Func<int> kept = () => before;
                state.Text.Add($"{await items.ReceiveAsync()}+{kept()}");
                break;
            case Both both:
                await Run(both.First, items, state);
                await Run(both.Second, items, state);
                break;
            case Repeat repeat:
                for (var i = 0; i < repeat.Times; i++)
                {
                    await Run(repeat.Body, items, state);
                    state.Text.Add($"#{i}");
                }

                break;
            case Guarded guarded:
                try
                {
                    await Run(guarded.Body, items, state);
                }
                finally
                {
                    state.Text.Add("f");
                }

                break;
            case UntilClosed until:
                await foreach (var item in items)
                {
                    state.Sum -= item;
                    if (item == 0)
                    {
                        break;
                    }

                    await Run(until.Body, items, state);
                }

                break;
        }
    }

    private sealed class State
    {
        internal List<string> Text { get; } = [];

        internal int Sum { get; set; }
    }

    private abstract record Step;

    private sealed record Add(int Number) : Step;

    private sealed record Emit : Step;

    private sealed record Receive : Step;

    private sealed record Remember : Step;

    private sealed record Both(Step First, Step Second) : Step;

    private sealed record Repeat(int Times, Step Body) : Step;

    private sealed record Guarded(Step Body) : Step;

    private sealed record UntilClosed(Step Body) : Step;
}
