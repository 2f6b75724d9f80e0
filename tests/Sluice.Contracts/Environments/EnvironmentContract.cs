using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>The guarantees of every environment for the part of a pipeline that runs there. Derived once for each; what is named
/// "there" is that part, "here" is the caller.</summary>
/// <remarks>An environment is right if all of these pass, and <see cref="LeftoversContract"/>, and <see cref="NeighbourContract{TPlace, TOthers}"/>. Each test has a new
/// place. Thread safety: xunit runs one test of an instance.</remarks>
public abstract partial class EnvironmentContract : IDisposable
{
    /// <summary>A capacity that is soon used up.</summary>
    private const int FewItems = 8;

    private readonly Place _place;
    private readonly Lookout _lookout = new();

    /// <summary>Runs the suite for an environment.</summary>
    /// <param name="place">The environment. The suite disposes it after each test.</param>
    protected EnvironmentContract(Place place) => _place = place;

    private Post Post => _lookout.Post;

    private int Few => _place.OnlyCapacity ?? FewItems;

    /// <summary>Ends the place.</summary>
    public void Dispose()
    {
        _place.Dispose();
        _lookout.Dispose();
        _cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stages behind the result run there.</summary>
    private Source<T> There<T>(Source<T> source, int capacity = 1024) => _place.Enter(source, _place.Make(capacity), capacity);

    /// <summary>Stages behind the result run here again.</summary>
    private static Source<T> Back<T>(Source<T> source) => source.On(Env.Caller);

    /// <summary>The end of what is there: a sink with a result that follows is there too, or if the place takes none, here behind one more stage there.</summary>
    private Source<T> Last<T>(Source<T> there) => _place.TakesEnds ? there : Back(there.Through<T>(Stages.Pass));

    /// <summary>What the place does not take is an error before anything starts.</summary>
    private static async Task AssertRefused(Func<Task> start, params string[] words)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(start);
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    /// <summary>The same numbers, not as an array, which has ways of its own.</summary>
    private static Source<int> Numbered(int count) => Source.From(Enumerable.Range(0, count).Where(static _ => true));

    private static Task<List<T>> ListOf<T>(Source<T> source) => Wait.For(source.To(Sink.ToList<T>()).RunAsync());
}
