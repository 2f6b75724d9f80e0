using System.Text;

namespace Sluice.Tests;

/// <summary>A stream as one line of a diagram. Each character is a second: <c>-</c> is time that passes, any other text is an item
/// that comes where it begins, <c>a,b</c> are two at the same moment, <c>|</c> is the end, <c>#</c> a failure; both may follow an item
/// of the same moment.</summary>
internal sealed class Marbles
{
    private readonly SortedDictionary<int, string> _tokens = [];

    internal static bool IsLine(string line) => line.StartsWith('-') && !line.Contains(' ', StringComparison.Ordinal);

    internal static Marbles Parse(string line)
    {
        var marbles = new Marbles();
        for (var at = 0; at < line.Length; at++)
        {
            var end = line.IndexOf('-', at) is var dash and >= 0 ? dash : line.Length;
            if (end > at)
            {
                marbles._tokens.Add(at, line[at..end]);
                at = end;
            }
        }

        return marbles;
    }

    /// <summary>The items of a moment, and whether it is the end (<c>|</c>) or the failure (<c>#</c>) too.</summary>
    internal (string[] Items, char? End) At(int second)
    {
        var token = _tokens.GetValueOrDefault(second, "");
        char? end = token.EndsWith('|') || token.EndsWith('#') ? token[^1] : null;
        return (token.TrimEnd('|', '#').Split(',', StringSplitOptions.RemoveEmptyEntries), end);
    }

    internal void Add(int second, string item) =>
        _tokens[second] = _tokens.TryGetValue(second, out var before) && item is not ("|" or "#") ? $"{before},{item}" : before + item;

    public override string ToString()
    {
        var line = new StringBuilder();
        foreach (var (second, token) in _tokens)
        {
            Assert.True(line.Length is 0 || line.Length < second, $"'{token}' comes while the item before is still being written; let the items of the diagram be farther apart.");
            line.Append('-', second - line.Length).Append(token);
        }

        return line.ToString();
    }
}
