namespace Sluice.Tests;

/// <summary>A stage with an error policy passes close, early end, failures, cancellation and back-pressure as any other.</summary>
public sealed class GuardedCoroutineTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Looked", "on error retry 2, then stop");

    protected override Stage<int, int> Create(Func<int, int> look) =>
        Stage.Create<int, int>((items, next) => Look(items, next, look), "Looked").OnError(ErrorPolicy.Retry(2));

    protected override Source<int> Extend(Source<int> source) => source | Create();

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    private static async Coroutine Look(Inbox<int> items, Target<int> next, Func<int, int> look)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(look(item));
        }
    }
}

public sealed class GuardedOperatorTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Select", "x => look(x); on error restart 3");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.Select<int, int>(x => look(x)).OnError(ErrorPolicy.Restart(3));

    protected override Source<int> Extend(Source<int> source) => source | Create();

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;
}

public sealed class TwiceGuardedStageTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Tap", "x => look(x); on error skip for TimeoutException; on error retry 1, then stop");

    protected override Stage<int, int> Create(Func<int, int> look) =>
        Stage.Tap<int>(x => look(x)).OnError(ErrorPolicy.Skip.For<TimeoutException>()).OnError(ErrorPolicy.Retry(1));

    protected override Source<int> Extend(Source<int> source) => source | Create();

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;
}

/// <summary>A stage's state and its sends at the end are as without a policy.</summary>
public sealed class GuardedChunkTests : OperatorContract<int[]>
{
    protected override (string Name, string? Detail) Shown => ("Chunk", "3; on error skip");

    protected override Stage<int, int[]> Create() => Stage.Chunk<int>(3).OnError(ErrorPolicy.Skip);

    protected override Source<int[]> Extend(Source<int> source) => source | Create();

    protected override IEnumerable<int[]> Expected(IReadOnlyList<int> items) => items.Chunk(3);

    protected override int ItemsFor(int outputs) => outputs * 3;
}
