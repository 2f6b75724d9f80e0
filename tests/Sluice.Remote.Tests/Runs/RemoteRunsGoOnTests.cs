namespace Sluice.Tests;

/// <summary>A run with parts elsewhere that is cut at a mark goes on in a fresh run, with fresh parts, and gives what an undisturbed one gives.</summary>
public sealed class RemoteRunsGoOnTests : IDisposable
{
    private readonly TcpPlace _tcp = new();

    public static TheoryData<string> Stages => RunsGoOnTests.Stages;

    public void Dispose() => _tcp.Dispose();

    [Theory]
    [MemberData(nameof(Stages))]
    public Task It_goes_on_with_the_stage_at_a_listener(string stage) => RunsGoOnTests.GoesOn(source => RunsGoOnTests.Apply(stage, source.On(_tcp.Make(3))).On(Env.Caller));
}
