namespace Sluice.Tests;

/// <summary>The items that went into a stage that puts items aside (dead letters, drops), that came out, and that it put aside.</summary>
internal sealed class Ledger(string name)
{
    private int _in;
    private int _out;
    private List<int>? _expected = [];

    internal List<int> Aside { get; } = [];

    /// <summary>The stage with a look at what goes in and out.</summary>
    internal Stage<int, int> Around(Stage<int, int> stage) => Stage.Tap<int>(_ => _in++) | stage | Stage.Tap<int>(_ => _out++);

    /// <summary>These have to be put aside, besides the others that were named. Null: it is not known which.</summary>
    internal void Expect(IEnumerable<int>? items) => _expected = items is null || _expected is null ? null : [.. _expected, .. items];

    /// <param name="all">Whether everything has passed.</param>
    /// <param name="graph">For messages.</param>
    internal void Check(bool all, string graph)
    {
        var text = $"{name}: in {_in}, out {_out}, aside [{string.Join(' ', Aside)}] of [{(_expected is null ? "?" : string.Join(' ', _expected))}]: {graph}";
        Assert.True(_out + Aside.Count <= _in, $"More than came. {text}");
        Assert.True(!all || _out + Aside.Count == _in, $"Lost. {text}");
        if (_expected is not null)
        {
            var left = _expected.CountBy(item => item).ToDictionary();
            Assert.True(Aside.TrueForAll(item => left.TryGetValue(item, out var many) && (left[item] = many - 1) >= 0), $"Wrong ones. {text}");
            Assert.True(!all || Aside.Count == _expected.Count, $"Not all. {text}");
        }
    }
}
