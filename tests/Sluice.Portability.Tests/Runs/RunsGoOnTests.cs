namespace Sluice.Tests;

/// <summary>A run that is cut at a mark, at any item, and goes on in a fresh run gives what an undisturbed one gives.</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
public sealed class RunsGoOnTests
{
    public static TheoryData<string> Stages => CutStages.Names;

    [Theory]
    [MemberData(nameof(Stages))]
    public Task It_goes_on(string stage) => CutStages.GoesOn(source => CutStages.Apply(stage, source));

    [Theory]
    [MemberData(nameof(Stages))]
    public Task It_goes_on_with_the_stage_on_another_thread(string stage) => CutStages.GoesOn(source => CutStages.Apply(stage, source.On(Env.Thread())).On(Env.Caller));

    [Theory]
    [MemberData(nameof(Stages))]
    public Task It_goes_on_with_the_stage_on_the_pool_and_the_end_on_a_thread(string stage) => CutStages.GoesOn(source => CutStages.Apply(stage, source.On(Env.ThreadPool(4))).On(Env.Thread(2)));
}
