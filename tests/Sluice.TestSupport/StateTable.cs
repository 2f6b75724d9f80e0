using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The transitions of an object's states: those that its code allows, and those in the table beside the enumeration.</summary>
internal static partial class StateTable
{
    internal static IEnumerable<string> Held<TState>(Func<TState, TState, bool> mayMove)
        where TState : struct, Enum =>
        Pairs<TState>().Where(pair => mayMove(pair.From, pair.To)).Select(static pair => $"{pair.From} to {pair.To}").Order(StringComparer.Ordinal);

    internal static IEnumerable<string> Written<TState>(params string[] file)
        where TState : struct, Enum =>
        (from row in Row().Matches(File.ReadAllText(Repository.PathOf(file)))
         where Enum.TryParse<TState>(row.Groups[1].Value, out _) && Enum.TryParse<TState>(row.Groups[2].Value, out _)
         select $"{row.Groups[1].Value} to {row.Groups[2].Value}").Distinct().Order(StringComparer.Ordinal);

    internal static IEnumerable<(TState From, TState To)> Pairs<TState>()
        where TState : struct, Enum =>
        from one in Enum.GetValues<TState>()
        from other in Enum.GetValues<TState>()
        select (one, other);

    [GeneratedRegex(@"^/// (\w+) +(\w+)  +\S", RegexOptions.Multiline)]
    private static partial Regex Row();
}
