namespace Sluice.Tests;

/// <summary>Pools of several threads among parts in all other places.</summary>
public sealed class NestedThreadsTests : IDisposable
{
    private readonly List<Place> _places = [];

    /// <summary>All places, those that are other processes in their own test.</summary>
    public static TheoryData<string> Near => [.. Places.Names.Where(static name => name != "Process")];

    public void Dispose() => _places.ForEach(static place => place.Dispose());

    [Theory]
    [MemberData(nameof(Near))]
    public Task A_pool_between_two_other_places_keeps_order_and_items(string name) => Check(name);

    [Fact]
    [Trait("Category", "Process")]
    [Trait("Configuration", "Release")]
    public Task A_pool_between_two_processes_keeps_order_and_items() => Check("Process");

    private async Task Check(string name)
    {
        var numbers = Source.From(Enumerable.Range(0, 1_000));

        Assert.Equal(Enumerable.Range(0, 1_000), await Between(name, numbers, static source => source.On(Env.Threads(3, capacity: 16)).Select(static item => item)));

        var keyed = await Between(name, numbers, static source => source.On(Env.Threads(3, static (int item) => item % 10, capacity: 16)).Select(static item => item));
        Assert.Equal(Enumerable.Range(0, 1_000), keyed.Order());
        Assert.All(keyed.GroupBy(static item => item % 10), static key => Assert.Equal(key.Order(), key));

        var unordered = await Between(name, numbers, static source => source.On(Env.Threads(3, ordered: false, 16)).Select(static item => item));
        Assert.Equal(Enumerable.Range(0, 1_000), unordered.Order());
    }

    private async Task<List<int>> Between(string name, Source<int> source, Func<Source<int>, Source<int>> pool)
    {
        var before = Enter(name, source).Through<int>(Stages.Pass);
        var behind = Enter(name, pool(before)).Through<int>(Stages.Pass);
        return await Wait.For(behind.On(Env.Caller).To(Sink.ToList<int>()).RunAsync());
    }

    private Source<int> Enter(string name, Source<int> source)
    {
        var place = Places.Create(name);
        _places.Add(place);
        return place.Enter(source, place.Make(64), 64);
    }
}
