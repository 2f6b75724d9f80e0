namespace Sluice.Tests;

/// <summary>A stage of the user's own keeps the same contract as the built-in operators.</summary>
public sealed class OwnStageTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Pass", null);

    protected override Stage<int, int> Create() => Stage.Create<int, int>(Stages.Pass);

    protected override Source<int> Extend(Source<int> source) => source | Create();

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;
}

/// <summary>And so do several operators in a row.</summary>
public sealed class RowOfStagesTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Skip", "0");

    protected override Stage<int, int> Create(Func<int, int> look) =>
        Stage.Where<int>(_ => true) | Stage.Take<int>(100_000) | Stage.Tap<int>(_ => { }) | Stage.Skip<int>(0) | Stage.Select<int, int>(look);

    protected override Source<int> Extend(Source<int> source) => source | Stage.Take<int>(100_000) | Stage.Skip<int>(0);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;
}
