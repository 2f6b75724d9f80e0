namespace Sluice.Tests;

/// <summary>A stage that fails at some items, some times, and records what it did.</summary>
internal sealed class Failing
{
    private readonly Dictionary<int, int> _left = [];

    /// <summary>Each attempt at an item, in order.</summary>
    internal List<int> Attempts { get; } = [];

    /// <summary>The events of the coroutines: start, end of the loop, finally.</summary>
    internal List<string> Notes { get; } = [];

    internal List<DeadLetter<int>> Letters { get; } = [];

    /// <summary>The items of <see cref="Letters"/>.</summary>
    internal IEnumerable<int> DeadItems => Letters.Select(letter => letter.Item);

    /// <summary>Has the stage fail at an item; always, unless a number of times is given.</summary>
    internal Failing At(int item, int times = int.MaxValue)
    {
        _left[item] = times;
        return this;
    }

    internal int Look(int item)
    {
        Attempts.Add(item);
        if (_left.TryGetValue(item, out var left) && left > 0)
        {
            _left[item] = left - 1;
            throw new FormatException($"item {item}");
        }

        return item;
    }

    internal Stage<int, int> Stage() => Sluice.Stage.Create<int, int>(Body, "failing");

    /// <summary>Sends each item and how many this coroutine has handled, as one number.</summary>
    private async Coroutine Body(Inbox<int> items, Target<int> next)
    {
        Notes.Add("start");
        try
        {
            var count = 0;
            await foreach (var item in items)
            {
                count++;
                await next.SendAsync((Look(item) * 100) + count);
            }

            Notes.Add("closed");
        }
        finally
        {
            Notes.Add("finally");
        }
    }
}
