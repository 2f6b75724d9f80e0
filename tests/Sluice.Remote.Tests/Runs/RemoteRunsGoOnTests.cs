namespace Sluice.Tests;

/// <summary>A run with parts elsewhere that is cut at a mark goes on in a fresh run, with fresh parts, and gives what an undisturbed one gives.</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
public sealed class RemoteRunsGoOnTests : IDisposable
{
    private readonly TcpPlace _tcp = new();

    public static TheoryData<string> Stages => CutStages.Names;

    public void Dispose() => _tcp.Dispose();

    [Theory]
    [MemberData(nameof(Stages))]
    public Task It_goes_on_with_the_stage_at_a_listener(string stage) => CutStages.GoesOn(source => CutStages.Apply(stage, source.On(_tcp.Make(3))).On(Env.Caller), every: 3);

    [Fact]
    public Task It_goes_on_after_a_part_elsewhere_has_ended() =>
        CutStages.GoesOn(source => Source.From([1, 2, 3]).On(_tcp.Make(3)).Select(static item => -item).On(Env.Caller).Concat(source));

    [Fact]
    public Task It_goes_on_with_the_end_of_the_pipeline_at_a_listener() =>
        CutStages.GoesOn(source => source.Scan(0, static (sum, item) => sum + item).On(_tcp.Make(3)));

    /// <summary>Each place has its own copy of what a lambda has captured, so these are stages that capture nothing.</summary>
    [Theory]
    [InlineData("coroutine")]
    [InlineData("ForEachKey")]
    [InlineData("session windows of keys")]
    [InlineData("Feedback")]
    [InlineData("Take")]
    public Task It_goes_on_with_the_stage_in_a_process(string stage) => CutStages.GoesOn(source => CutStages.Apply(stage, source.On(Env.Process(new() { StartupTimeout = Wait.Limit }))).On(Env.Caller), every: 8);

    [Theory]
    [MemberData(nameof(Stages))]
    public Task It_goes_on_with_the_source_at_a_listener_and_the_stage_on_a_thread(string stage) =>
        CutStages.GoesOn(source => CutStages.Apply(stage, source.On(Env.Thread())).On(Env.Caller), source => source.On(_tcp.Make(5)), every: 7);

    [Theory]
    [MemberData(nameof(Stages))]
    public Task It_goes_on_between_two_listeners(string stage) =>
        CutStages.GoesOn(source => CutStages.Apply(stage, source.On(_tcp.Make(2))).On(_tcp.Make(4)).Select(static item => item).On(Env.Thread()).Select(static item => item).On(Env.Caller), every: 11);
}
