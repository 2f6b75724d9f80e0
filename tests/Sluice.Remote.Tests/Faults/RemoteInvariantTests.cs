#if DEBUG
namespace Sluice.Tests;

/// <summary>What a segment elsewhere asserts in Debug is asserted: each test breaks one invariant, from within the assembly.</summary>
public sealed class RemoteInvariantTests
{
    [Fact]
    public async Task A_segment_that_is_told_to_go_twice_is_found() =>
        Assert.Contains("A segment that is Going was told to go", (await ErrorWithin(static segment => segment.Go())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_segment_that_is_replaced_although_it_never_restarts_is_found() =>
        Assert.Contains("A segment that is never restarted is replaced.", (await ErrorWithin(static segment => segment.BeginReplacing())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_replacement_that_ends_and_was_not_begun_is_found() =>
        Assert.Contains("A segment that is Going was not being replaced.", (await ErrorWithin(static segment => segment.EndReplacing())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_segment_has_gone_through_its_states_when_its_run_is_over()
    {
        var env = Env();
        var states = new List<RemoteSegmentState>();
        await Wait.For(RunAsync(env, () => states.Add(env.Segment!.State)));

        Assert.Equal([RemoteSegmentState.Going], states);
        Assert.Equal(RemoteSegmentState.Over, env.Segment!.State);
    }

    /// <summary>What an action throws on the segment of a run that goes on.</summary>
    private static async Task<Exception> ErrorWithin(Action<RemoteSegment> action)
    {
        var (env, thrown) = (Env(), (Exception?)null);
        await Wait.For(RunAsync(env, () => thrown = Assert.ThrowsAny<Exception>(() => action(env.Segment!))));
        return thrown!;
    }

    private static Task<long> RunAsync(ScriptedEnv env, Action within)
    {
        var hasRun = false;
        return Source.From(Enumerable.Range(0, 3).Where(_ =>
        {
            if (!hasRun)
            {
                hasRun = true;
                within();
            }

            return true;
        })).On(env).Through<int>(FaultyParts.Triple).On(Sluice.Env.Caller).To(Sink.Count<int>()).RunAsync();
    }

    private static ScriptedEnv Env() => new(static () =>
    {
        var (here, there) = SocketPair.Unix();
        var connection = new Connection(there);
        connection.Start(new HostedSegment(connection, SnapshotOptions.Default));
        return new Connection(here);
    });
}
#endif
