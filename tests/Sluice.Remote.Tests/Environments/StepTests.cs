namespace Sluice.Tests;

/// <summary>An item goes through at once when there is nothing else: before its source gives the next one, which may take long and may
/// hold the source's thread. Time plays no part: a source waits until its item was seen at the end.</summary>
[Trait("Category", "Process")]
[Trait("Category", "Network")]
[Trait("Configuration", "Release")]
public sealed class StepTests : IDisposable
{
    private const int Items = 3;
    private const int Capacity = 1024;
    private const string Pool = "Pool";

    private readonly Lookout _lookout = new();
    private readonly List<Place> _places = [];

    /// <summary>The place of the source and the place of the stage. A pool of processes only behind two of the sources, and two more among those with threads to spare.</summary>
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var source in Places.OfSources.Except(["Inline", "NarrowThread"]))
            {
                foreach (var stage in Places.Names)
                {
                    pairs.Add(source, stage);
                }
            }

            pairs.Add("Thread", Pool);
            pairs.Add("Process", Pool);
            return pairs;
        }
    }

    /// <summary>Of the pairs with another process only a few: how a part there is fed, and where its items go, all of <see cref="Pairs"/> show apart.</summary>
    public static TheoryData<string, string> PairsBeforeAThird
    {
        get
        {
            var pairs = new TheoryData<string, string>
            {
                { "Process", "Inline" }, { "Process", "Loop" }, { "Process", "Process" }, { "Caller", "Process" }, { "Tcp", "Process" }, { "Loop", Pool },
            };
            foreach (var source in Places.OfSources.Except(["Inline", "NarrowThread", "Process"]))
            {
                foreach (var stage in Places.Names.Except(["Process"]))
                {
                    pairs.Add(source, stage);
                }
            }

            return pairs;
        }
    }

    /// <summary>The same for places that have more threads than one.</summary>
    public static TheoryData<string, string> PairsWithThreadsToSpare
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var source in (string[])["Caller", "ThreadPool"])
            {
                foreach (var stage in Places.Names.Append(Pool))
                {
                    pairs.Add(source, stage);
                }
            }

            return pairs;
        }
    }

    public static TheoryData<string> StagePlaces => [.. Places.Names.Append(Pool)];

    public void Dispose()
    {
        _lookout.Dispose();
        _places.ForEach(static place => place.Dispose());
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public Task An_item_is_handled_while_its_source_holds_its_thread_for_the_next_one(string source, string stage) =>
        GoesInSteps(StartAt(source, Source.Create<int>(Blocking())), stage, static end => end);

    /// <summary>The sink is in a third place: the caller, or a thread if the source is there, which holds that.</summary>
    [Theory]
    [MemberData(nameof(PairsBeforeAThird))]
    public Task An_item_goes_on_to_a_third_place_while_its_source_holds_its_thread(string source, string stage) =>
        GoesInSteps(StartAt(source, Source.Create<int>(Blocking())), stage, end => end.On(source == "Caller" ? Env.Thread() : Env.Caller));

    [Theory]
    [MemberData(nameof(StagePlaces))]
    public Task An_item_comes_back_to_the_place_of_its_source_which_waits_for_the_next_one(string stage)
    {
        var post = _lookout.Post;
        return GoesInSteps((Source.Create<int>(run => StepParts.SendAndWait(run, post, Items)).Named("steps"), null), stage, static end => end.On(Env.Caller));
    }

    [Theory]
    [MemberData(nameof(PairsWithThreadsToSpare))]
    public Task An_item_comes_back_to_the_place_of_its_source_which_holds_its_thread(string source, string stage)
    {
        var start = StartAt(source, Source.Create<int>(Blocking()));
        return GoesInSteps(start, stage, end => end.On(start.Place ?? Env.Caller));
    }

    /// <summary>What the source feeds within its place stays with it; the rest of the place does not.</summary>
    [Theory]
    [MemberData(nameof(PairsWithThreadsToSpare))]
    public Task An_item_passes_through_the_place_of_its_source_twice_while_that_holds_its_thread(string source, string stage)
    {
        var start = StartAt(source, Source.Create<int>(Blocking()));
        return GoesInSteps(
            (start.Source.Through<int>(Stages.Pass), start.Place),
            stage,
            end => end.On(start.Place ?? Env.Caller).Through<int>(Stages.Pass).On(Env.Thread()).Through<int>(Stages.Pass).On(start.Place ?? Env.Caller));
    }

    /// <summary>Between two of them the items pass through the caller, whose thread the source holds.</summary>
    [Fact]
    public Task An_item_goes_from_one_worker_to_another_while_its_source_holds_the_caller() =>
        GoesInSteps(StartAt("Caller", Source.Create<int>(Blocking())), "Process", end => Enter("Tcp", end));

    /// <summary>The caller is the loop then, and the source holds it.</summary>
    [Theory]
    [MemberData(nameof(StagePlaces))]
    public async Task An_item_of_a_source_on_the_loop_that_started_the_run_is_handled_while_it_holds_the_loop(string stage)
    {
        var pipeline = Enter(stage, Source.Create<int>(Blocking())).Through<int>(Stages.Pass).To(Seeing());
        await Step(OnAnotherThread(() => EventLoop.Run(() => pipeline.RunAsync())));
    }

    private Func<SourceRun<int>, Coroutine> Blocking()
    {
        var post = _lookout.Post;
        return run => StepParts.SendAndBlock(run, post, Items);
    }

    private Func<Inbox<int>, Coroutine> Seeing()
    {
        var post = _lookout.Post;
        return items => StepParts.See(items, post);
    }

    private (Source<int> Source, Env? Place) StartAt(string place, Source<int> source) => (source.Named("steps"), place == "Caller" ? null : Make(place).Make(Capacity));

    private async Task GoesInSteps((Source<int> Source, Env? Place) start, string stage, Func<Source<int>, Source<int>> toEnd)
    {
        var options = new RunOptions();
        if (start.Place is { } place)
        {
            options.Placement["steps"] = place;
        }

        var pipeline = toEnd(Enter(stage, start.Source).Through<int>(Stages.Pass)).To(Seeing());
        await Step(OnAnotherThread(() => pipeline.RunAsync(options)).Unwrap());
    }

    /// <summary>A thread that a source may hold.</summary>
    private static Task<bool> OnAnotherThread(Action start) => OnAnotherThread(() =>
    {
        start();
        return true;
    });

    private static Task<TResult> OnAnotherThread<TResult>(Func<TResult> start) =>
        Task.Factory.StartNew(start, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task Step(Task run)
    {
        for (var item = 0; item < Items; item++)
        {
            var seen = _lookout.Hears($"saw {item}");
            await (await Task.WhenAny(run, seen));
            Assert.True(seen.IsCompletedSuccessfully, $"The run has ended before item {item} was seen.");
            _lookout.Allow($"sent {item}");
        }

        await Wait.For(run);
    }

    private Source<int> Enter(string name, Source<int> source)
    {
        if (name == Pool)
        {
            return source.On(Env.Processes(2, static (int item) => item, new ProcessOptions { StartupTimeout = Wait.Limit }));
        }

        var place = Make(name);
        return place is CallerPlace ? source.On(Env.Caller) : place.Enter(source, place.Make(Capacity), Capacity);
    }

    private Place Make(string name)
    {
        var place = Places.Create(name);
        _places.Add(place);
        return place;
    }
}
