using System.Globalization;
using System.Text;

namespace Sluice;

/// <summary>Seeing inside.</summary>
public sealed partial class EventLoop
{
    /// <summary>What the tasks of the loop do: the tree of tasks, groups and scopes, what each waits for and since when.</summary>
    /// <remarks>A task without a line "waits for" awaits something that is not the loop's, or is the one that calls.</remarks>
    /// <returns>The text, lines ending in a line feed.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public string Dump()
    {
        CheckThread();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"loop '{Name}': {Tasks} tasks, {_ready.Count} ready, {Timers.Count} timers\n");
        var open = new Stack<(CancelScope Scope, int Depth)>();
        open.Push((_root, 1));
        while (open.TryPop(out var next))
        {
            Describe(next.Scope, next.Depth, text);
            foreach (var child in next.Scope.Children().Reverse())
            {
                open.Push((child, next.Depth + 1));
            }
        }

        return text.ToString();
    }

    private void Describe(CancelScope scope, int depth, StringBuilder text)
    {
        text.Append(' ', depth * 2).Append(scope.Label ?? (scope.Shield ? "shielded scope" : "scope")).Append(scope.IsCancelled ? ", cancelled\n" : "\n");
        foreach (var waiter in scope.Waiters())
        {
            var since = Clock.Provider.GetElapsedTime(waiter.Since, Clock.Now).TotalSeconds;
            text.Append(' ', (depth * 2) + 2).Append(CultureInfo.InvariantCulture, $"waits for {waiter.Source.Description} since {since:0.###} s\n");
        }
    }

    /// <summary>From any thread.</summary>
    internal void CancelMain() => PostFromAnywhere(new((Action)(() => _root.Cancel()), null));
}
