namespace Sluice.Tests;

/// <content>A coroutine for each key.</content>
internal sealed partial class RandomGraph
{
    private const int Keys = 4;

    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(3);

    private static int KeyOf(int item) => (int)((uint)item % Keys);

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Keyed()
    {
        int? max = _random.Next(2) == 0 ? _random.Next(1, Keys + 1) : null;
        var options = _mayWait && _random.Next(3) == 0 ? new KeyedOptions { MaxKeys = max, IdleTimeout = s_idle } : new() { MaxKeys = max };
        var isTimed = options.IdleTimeout == s_idle;
        var pattern = _mayWait ? _random.Next() : 0;
        _text.Append($"ForEachKey(max {max}{(isTimed ? ", idle" : "")}, ");
        switch (_random.Next(3))
        {
            case 0:
                _text.Append("pass)");
                return (Stage.ForEachKey<int, int, int>(KeyOf, (_, items, next) => Pass(items, next, pattern, _ => false), options), model => model);
            case 1:
                _text.Append("hold)");
                return (Stage.ForEachKey<int, int, int>(KeyOf, (_, items, next) => Hold(items, next, pattern), options),
                    model => isTimed || MayBeStopped ? model.ByKey(KeyOf) : model.InOrder(items => Held(items, max), some => some.ByKey(KeyOf)));
            default:
                var count = _random.Next(4);
                _text.Append($"first {count})");
                return (Stage.ForEachKey<int, int, int>(KeyOf, (_, items, next) => First(items, next, count), new() { MaxKeys = null }), model => model.InOrder(
                    items => items.Select((item, index) => (item, index)).GroupBy(pair => KeyOf(pair.item)).SelectMany(group => group.Take(count)).OrderBy(pair => pair.index).Select(pair => pair.item),
                    some => some.ByKey(KeyOf) with { Count = some.HasAll ? some.Items.GroupBy(KeyOf).Sum(group => Math.Min(count, group.Count())) : null }));
        }
    }

    /// <summary>The items that come out if each key holds its items until it is closed.</summary>
    private static IEnumerable<int> Held(IEnumerable<int> items, int? max)
    {
        var (live, sent) = (new List<(int Key, List<int> Items)>(), new List<int>());
        foreach (var item in items)
        {
            var place = live.FindIndex(entry => entry.Key == KeyOf(item));
            if (place < 0 && live.Count == max)
            {
                sent.AddRange(live[0].Items);
                live.RemoveAt(0);
            }

            var entry = place < 0 ? (Key: KeyOf(item), Items: []) : live[place];
            entry.Items.Add(item);
            if (place < 0 || max is not null)
            {
                live.Remove(entry);
                live.Add(entry);
            }
        }

        return sent.Concat(live.SelectMany(entry => entry.Items));
    }

    private async Coroutine Hold(Inbox<int> items, Target<int> next, int pattern)
    {
        Begin();
        var ends = 0;
        var held = new List<int>();
        try
        {
            await foreach (var item in items)
            {
                await WaitIf(pattern, item);
                held.Add(item);
            }

            foreach (var item in held)
            {
                PassOne();
                await next.SendAsync(item);
            }
        }
        finally
        {
            End(ref ends);
        }
    }

    private async Coroutine First(Inbox<int> items, Target<int> next, int count)
    {
        Begin();
        var ends = 0;
        try
        {
            for (; count > 0; count--)
            {
                await next.SendAsync(await items.ReceiveAsync());
            }
        }
        finally
        {
            End(ref ends);
        }
    }
}
