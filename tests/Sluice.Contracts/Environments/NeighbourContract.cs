using System.Threading.Channels;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>The guarantees of each pair of environments that are side by side in a pipeline. Derived once for each place: it is paired with itself and
/// with the others that come before it in their list, or with all of them if the list does not have it.</summary>
/// <typeparam name="TPlace">The environment that is paired.</typeparam>
/// <typeparam name="TOthers">The list of the others: <see cref="LocalPlaces"/>, or one of your own.</typeparam>
public abstract class NeighbourContract<TPlace, TOthers> : IDisposable
    where TPlace : Place, new()
    where TOthers : PlaceList, new()
{
    private const int Capacity = 64;

    private static readonly string s_own = PlaceList.NameOf<TPlace>();
    private static readonly TOthers s_others = new();

    private readonly Lookout _lookout = new();
    private readonly List<Place> _places = [];

    /// <summary>The pairs. Those with a process, which takes long to start, in one order only: the chains of three have the other one.</summary>
#pragma warning disable CA1000 // xunit takes the data of a theory from a static member
    public static TheoryData<string, string> Pairs
    {
        get
        {
            using var place = new TPlace();
            var pairs = new TheoryData<string, string>();
            foreach (var other in s_others.Names.TakeWhile(static name => name != s_own))
            {
                pairs.Add(other, s_own);
                if (!place.IsOtherProcess)
                {
                    pairs.Add(s_own, other);
                }
            }

            pairs.Add(s_own, s_own);
            return pairs;
        }
    }

    /// <summary>All pairs; of those with another process every other one, so that each pair has half of the cases, and each case half of the pairs.</summary>
    /// <param name="turn">0 or 1: the first or the second half. The pair of the place with itself is in both.</param>
    public static IEnumerable<object[]> PairsInTurn(int turn)
    {
        using var place = new TPlace();
        var isCostly = place.IsOtherProcess;
        return Pairs.Where((pair, number) => !isCostly || number % 2 == turn || Equals(pair[0], pair[1]));
    }
#pragma warning restore CA1000

    /// <summary>Ends the places that the test has used.</summary>
    public void Dispose()
    {
        _places.ForEach(static place => place.Dispose());
        _lookout.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Items_go_from_one_to_the_other_and_on_to_the_caller_in_order_none_lost_none_twice(string a, string b)
    {
        var (first, second) = (Make(a), Make(b));
        var count = Math.Min(Math.Min(first.Many, second.Many) / 10, 20_000);
        var source = Enter(second, Enter(first, Numbered(count)).Through<int>(Stages.Pass)).Through<int>(Stages.Pass);
        Assert.Equal(count, await Wait.For(source.On(Env.Caller).To(Parts.CountInOrder).RunAsync()));
    }

    /// <summary>Also: the caller between two, and a result from there.</summary>
    [Theory]
    [MemberData(nameof(PairsInTurn), 0)]
    public async Task Items_go_from_one_through_the_caller_and_the_other_back_to_the_first_kind(string a, string b)
    {
        var (first, second, third) = (Make(a), Make(b), Make(a));
        var count = Math.Min(Math.Min(first.Many, second.Many) / 10, 5_000);
        var source = Enter(first, Numbered(count)).Select(static item => item + 1).On(Env.Caller).Select(static item => item - 1);
        source = Enter(third, Enter(second, source).Through<int>(Stages.Pass));
        Assert.Equal(count, await Wait.For(Last(source).To(Parts.CountInOrder).RunAsync()));
    }

    [Theory]
    [MemberData(nameof(PairsInTurn), 1)]
    public async Task An_early_end_goes_back_through_both_to_a_source_that_waits(string a, string b)
    {
        var (post, items) = (_lookout.Post, Channel.CreateUnbounded<int>());
        Enumerable.Range(0, 5).ToList().ForEach(item => Assert.True(items.Writer.TryWrite(item)));
        var source = Enter(Make(a), Source.From(items.Reader)).Through<int>((items, next) => Parts.PassSaying(items, next, post, "first"));
        source = Enter(Make(b), source).Through<int>((items, next) => Parts.PassSaying(items, next, post, "second"));

        Assert.Equal([0, 1, 2], await Wait.For(source.On(Env.Caller).Take(3).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(["second", "first"], _lookout.Heard);
    }

    [Theory]
    [MemberData(nameof(PairsInTurn), 0)]
    public async Task A_failure_in_the_first_is_thrown_in_behind_it_and_fails_the_run_once(string a, string b)
    {
        var post = _lookout.Post;
        var source = Enter(Make(b), Enter(Make(a), Numbered(10)).Through<int>(static (items, next) => Parts.FailAt(items, next, 5), "bad"));
        var run = source.To(items => Parts.SayWhatComes(items, post)).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(("failed at 5", "bad"), (error.Message, error.Data["Sluice.Stage"]));
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Equal(["FormatException: failed at 5", "closed"], _lookout.Heard);
    }

    [Theory]
    [MemberData(nameof(PairsInTurn), 1)]
    public async Task A_failure_in_the_second_ends_the_first_and_fails_the_run_once(string a, string b)
    {
        var (post, numbers) = (_lookout.Post, new Numbers());
        var source = Enter(Make(a), Source.From(numbers.Endless())).Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"));
        var run = Enter(Make(b), source).Through<int>(static (items, next) => Parts.FailAt(items, next, 5), "bad").On(Env.Caller).To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(("failed at 5", "bad"), (error.Message, error.Data["Sluice.Stage"]));
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Equal(["finally"], _lookout.Heard);
        Assert.Equal(1, numbers.Ended);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task An_error_thrown_from_one_into_the_other_is_caught_there_at_its_place(string a, string b)
    {
        var post = _lookout.Post;
        var source = Enter(Make(a), Numbered(4)).Through<int>((items, next) => Parts.ThrowAt(items, next, 2, post));
        var second = Make(b);
        var seen = await Wait.For(Last(Enter(second, source).Through<string>((items, next) => Parts.CatchFormat(items, next, post))).To(Sink.ToList<string>()).RunAsync());

        Assert.Equal(["0", "1", "not 2", "3"], seen);
        Assert.Equal(["not 2", "came back: nothing"], _lookout.Heard);
    }

    [Theory]
    [MemberData(nameof(PairsInTurn), 0)]
    public async Task A_cancellation_ends_both_while_everything_is_full(string a, string b)
    {
        var (post, numbers) = (_lookout.Post, new Numbers());
        using var cancellation = new CancellationTokenSource();
        var source = Enter(Make(a), Source.From(numbers.Endless())).Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"));
        var run = Enter(Make(b), source).To(items => Parts.Ask(items, post)).RunAsync(cancellation.Token);
        await _lookout.Hears("item 1");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(["item 1", "finally"], _lookout.Heard);
        Assert.Equal(1, numbers.Ended);
    }

    private static Source<int> Numbered(int count) => Source.From(Enumerable.Range(0, count).Where(static _ => true));

    private static Source<int> Enter(Place place, Source<int> source) => place.Enter(source, place.Make(Capacity), Capacity);

    /// <summary>The end of what is there: a sink with a result that follows is there too, or here, if one of the places takes none.</summary>
    private Source<T> Last<T>(Source<T> there) => _places.TrueForAll(static place => place.TakesEnds) ? there : there.Through<T>(Stages.Pass).On(Env.Caller);

    private Place Make(string name)
    {
        var place = name == s_own ? new TPlace() : s_others.Create(name);
        _places.Add(place);
        return place;
    }
}
