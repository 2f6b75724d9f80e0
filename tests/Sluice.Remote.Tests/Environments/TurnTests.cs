namespace Sluice.Tests;

/// <summary>Inputs that open in turn, with parts of them in other places: only one is open at a time, and one whose turn never comes is
/// never opened.</summary>
[Trait("Category", "Process")]
[Trait("Category", "Network")]
[Trait("Configuration", "Release")]
public sealed class TurnTests : IDisposable
{
    private const int Capacity = 8;
    private const string Pool = "Pool";

    private readonly Lookout _lookout = new();
    private readonly MarkedWorkers _workers = new();
    private readonly List<Place> _places = [];

    public static TheoryData<string> All => [.. Places.Names.Append(Pool)];

    /// <summary>A pool of processes has its own cases among <see cref="All"/>; pools and processes are here apart.</summary>
    public static TheoryData<string> EachName => [.. Places.Names];

    /// <summary>In a pool each worker has a node of its own.</summary>
    public static TheoryData<string> EachPlace => [.. Places.OfFanIns];

    /// <summary>The places of a source.</summary>
    public static TheoryData<string> OfSources => [.. Places.OfSources.Except(["Inline", "Caller"])];

    public void Dispose()
    {
        _lookout.Dispose();
        _places.ForEach(static place => place.Dispose());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Parts_in_another_place_are_opened_in_turn(string place)
    {
        var source = Behind(place, Saying("a", 0)).On(Env.Caller).Concat(Behind(place, Saying("b", 10)), Saying("c", 20), Behind(place, Saying("d", 30)));
        Assert.Equal([0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32], (await ListOf(source)).Order());
        AssertInTurn("a", "b", "c", "d");
    }

    [Theory]
    [MemberData(nameof(EachPlace))]
    public async Task Parts_are_opened_in_turn_by_a_node_in_another_place(string place)
    {
        var source = Behind(place, Saying("a", 0)).Concat(Saying("b", 10), Behind(place, Saying("c", 20)), Saying("d", 30).On(Env.Thread(Capacity)).Through<int>(Stages.Pass)).On(Env.Caller);
        Assert.Equal([0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32], await ListOf(source));
        AssertInTurn("a", "b", "c", "d");
    }

    [Theory]
    [MemberData(nameof(OfSources))]
    public async Task Sources_in_another_place_are_opened_in_turn(string place)
    {
        var options = new RunOptions { Placement = { ["a"] = Make(place), ["b"] = Make(place), ["d"] = Make(place) } };
        var source = Saying("a", 0).On(Env.Caller).Through<int>(Stages.Pass).Concat(Saying("b", 10), Saying("c", 20), Saying("d", 30));
        Assert.Equal([0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32], await Wait.For(source.To(Sink.ToList<int>()).RunAsync(options)));
        AssertInTurn("a", "b", "c", "d");
    }

    [Theory]
    [MemberData(nameof(EachName))]
    public async Task Parts_within_parts_are_opened_in_turn(string place)
    {
        var inner = Behind(place, Saying("b", 10)).On(Env.Caller).Concat(Behind(place, Saying("c", 20))).On(Env.ThreadPool(Capacity)).Through<int>(Stages.Pass);
        var source = Saying("a", 0).Concat(inner, Behind(place, Saying("d", 30)));
        Assert.Equal([0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32], (await ListOf(source)).Order());
        AssertInTurn("a", "b", "c", "d");
    }

    [Theory]
    [MemberData(nameof(EachName))]
    public async Task A_part_behind_one_that_is_not_read_to_its_end_is_never_opened(string place)
    {
        var source = Behind(place, Saying("a", 0)).On(Env.Caller).Concat(Behind(place, Saying("b", 10))).Take(2);
        Assert.Equal(2, (await ListOf(source)).Count);
        Assert.DoesNotContain("b opens", _lookout.Heard);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_part_behind_one_that_fails_is_never_opened(string place)
    {
        var post = _lookout.Post;
        var failing = Source.Create<int>(run => TurnParts.Fail(run, post, "a"));
        var run = Behind(place, failing).On(Env.Caller).Concat(Behind(place, Saying("b", 10))).To(Sink.ToList<int>()).RunAsync();
        Assert.Equal("a", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Message);
        Assert.Equal(["a opens"], _lookout.Heard);
    }

    [Theory]
    [MemberData(nameof(EachName))]
    public async Task A_part_behind_one_that_is_cancelled_or_stopped_is_never_opened(string place)
    {
        foreach (var stops in (bool[])[false, true])
        {
            var (post, name) = (_lookout.Post, stops ? "stopped" : "cancelled");
            using var cancellation = new CancellationTokenSource();
            var waiting = Source.Create<int>(run => TurnParts.Wait(run, post, name));
            var pipeline = Behind(place, waiting).On(Env.Caller).Concat(Behind(place, Saying("b", 10))).To(items => StepParts.See(items, post));
            var run = await Wait.For(pipeline.StartAsync(cancellationToken: cancellation.Token));
            await _lookout.Hears("saw 0");
            if (stops)
            {
                await Wait.For(run.StopAsync(Wait.Limit));
            }
            else
            {
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Completion));
            }

            Assert.DoesNotContain("b opens", _lookout.Heard);
        }
    }

    /// <summary>The node ends before the run has begun.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task Parts_of_what_no_one_reads_are_never_opened(string place)
    {
        for (var i = 0; i < 20; i++)
        {
            var source = Saying("a", 0).Concat(Behind(place, Saying("b", 10)), Behind(place, Saying("c", 20))).Through<int>(TurnParts.EndAtOnce);
            Assert.Empty(await ListOf(source));
            Assert.Empty(_lookout.Heard);
            if (place is Pool or "Process")
            {
                break; // they take long, and are connected in one order
            }
        }
    }

    /// <summary>One that has ended before the run begins opens the next one then.</summary>
    [Theory]
    [MemberData(nameof(EachName))]
    public async Task A_part_that_ends_at_once_is_followed_by_the_next_one(string place)
    {
        var source = Saying("a", 0).Through<int>(TurnParts.EndAtOnce).Concat(Behind(place, Saying("b", 10)));
        Assert.Equal([10, 11, 12], (await ListOf(source)).Order());
        Assert.Equal(["b opens", "b ends"], _lookout.Heard);
    }

    /// <summary>The one that takes its place has to be told that the part before it is open, and opens the one behind it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_that_is_replaced_is_opened_again_and_opens_once(bool opens)
    {
        var post = _lookout.Post;
        var env = Env.Process(_workers.Mark(new ProcessOptions { MaxRestarts = 1, Capacity = Capacity, StartupTimeout = Wait.Limit }));
        var stepping = Source.Create<int>(run => StepParts.SendAndWait(run, post, 2)).On(env).Through<int>(Stages.Pass);
        var source = opens ? stepping.Concat(Saying("b", 10)).On(Env.Caller) : Saying("a", 10).Concat(stepping.On(Env.Caller).Through<int>(Stages.Pass));
        var run = source.To(items => StepParts.See(items, post)).RunAsync();
        await _lookout.Hears("saw 0");
        _workers.Kill();
        _lookout.Allow("sent 0");
        await _lookout.Hears("saw 1");
        _lookout.Allow("sent 1");
        await Wait.For(run);
        Assert.Equal(1, _workers.Killed);
        string[] stepped = ["saw 0", "saw 1"], said = ["saw 10", "saw 11", "saw 12"];
        Assert.Equal(opens ? [.. stepped, .. said] : [.. said, .. stepped], _lookout.Heard.Where(static text => text.StartsWith("saw", StringComparison.Ordinal)));
        Assert.Single(_lookout.Heard, static text => text.EndsWith("opens", StringComparison.Ordinal));
    }

    private static Task<List<int>> ListOf(Source<int> source) => Wait.For(source.On(Env.Caller).To(Sink.ToList<int>()).RunAsync());

    private Source<int> Saying(string name, int first)
    {
        var post = _lookout.Post;
        return Source.Create<int>(run => TurnParts.Say(run, post, name, first, 3)).Named(name);
    }

    private Source<int> Behind(string place, Source<int> source) =>
        (place == Pool ? source.On(Env.Processes(2, static (int item) => item, new ProcessOptions { StartupTimeout = Wait.Limit })) : source.On(Make(place))).Through<int>(Stages.Pass);

    private void AssertInTurn(params string[] names) =>
        Assert.Equal(names.SelectMany(static name => (string[])[$"{name} opens", $"{name} ends"]), _lookout.Heard);

    private Env Make(string name)
    {
        var place = Places.Create(name);
        _places.Add(place);
        return place.Make(Capacity);
    }
}
