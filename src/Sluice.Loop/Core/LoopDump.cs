using System.Globalization;
using System.Text;

namespace Sluice;

/// <summary>The text of a dump.</summary>
/// <remarks>Off the loop's thread it reads what that may be changing. Links between objects are then looked at once each and may be gone;
/// after each step it looks whether something has changed, so it cannot go astray for long, and what it has read does not count then. A
/// processor that reorders reads may show a wait that has just ended: benign, since nothing but the text depends on it.</remarks>
/// <param name="loop">The loop.</param>
/// <param name="changes">Off the loop's thread, the number of changes before the first read; null on it.</param>
internal sealed class LoopDump(EventLoop loop, int? changes = null)
{
    private readonly StringBuilder _text = new();

    /// <summary>Gets whether nothing has changed so far.</summary>
    internal bool IsWhole
    {
        get
        {
            Interlocked.MemoryBarrier(); // the reads before, then this one
            return changes is null || changes == loop.Changes;
        }
    }

    public override string ToString() => _text.ToString();

    internal LoopDump Head()
    {
        _text.Append(CultureInfo.InvariantCulture, $"loop '{loop.Name}': {loop.Work.Tasks} tasks, {loop.ReadyCount} ready, {loop.Timers.Count} timers\n");
        return this;
    }

    internal LoopDump Activity() => Line(loop.Activity());

    internal LoopDump Line(string text, int depth = 1)
    {
        _text.Append(' ', depth * 2).Append(text).Append('\n');
        return this;
    }

    /// <param name="root">The main task's scope; null while the loop has let go of it.</param>
    internal LoopDump Tree(CancelScope? root)
    {
        if (root is null)
        {
            return Line("looks whether its tasks wait for what cannot happen");
        }

        var open = new Stack<(CancelScope Scope, int Depth)>();
        open.Push((root, 1));
        while (open.TryPop(out var next) && IsWhole)
        {
            Describe(next.Scope, next.Depth);
            foreach (var child in next.Scope.Children().TakeWhile(_ => IsWhole).Reverse())
            {
                open.Push((child, next.Depth + 1));
            }
        }

        return this;
    }

    private void Describe(CancelScope scope, int depth)
    {
        Line($"{scope.Label ?? (scope.Shield ? "shielded scope" : "scope")}{(scope.IsCancelled ? ", cancelled" : "")}", depth);
        foreach (var node in scope.Run?.Run?.Nodes ?? [])
        {
            if (!node.HasEnded)
            {
                Line($"{node.Name}: {node.State}", depth + 1);
            }
        }

        foreach (var waiter in scope.Waiters().TakeWhile(_ => IsWhole).Reverse())
        {
            var since = loop.Clock.Provider.GetElapsedTime(waiter.Since, loop.Clock.Now).TotalSeconds;
            Line(string.Create(CultureInfo.InvariantCulture, $"waits for {waiter.Source?.Description} since {since:0.###} s"), depth + 1);
        }
    }
}
