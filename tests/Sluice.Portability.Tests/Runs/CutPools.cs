using System.Globalization;

namespace Sluice.Tests;

/// <summary>Runs with pools that are cut at a mark and go on in a fresh run, which must give what an undisturbed one gives. Tests of other places link it.</summary>
internal static class CutPools
{
    private const int Items = 40;

    /// <summary>Cuts a run at each item, or at some.</summary>
    /// <param name="stages">What is behind the source.</param>
    /// <param name="isOrdered">False: the order of the items is open.</param>
    /// <param name="giveUpAfter">For a mark's item the number of items after which it is given up, and the next one is sent; negative: it is not.</param>
    /// <param name="every">The distance between the items at which it is cut.</param>
    internal static async Task GoOn(Func<Source<int>, Source<int>> stages, bool isOrdered, Func<int, int> giveUpAfter, int every = 1)
    {
        var (whole, _) = await Run(null, -1, -1);
        var marks = 0;
        for (var at = 0; at < Items; at += every)
        {
            var (result, stored) = await Run(null, at, giveUpAfter(at));
            if (stored is not null)
            {
                marks++;
                (result, _) = await Run(stored, -1, -1);
            }

            Assert.Equal(whole, result);
        }

        Assert.True(marks > 5 / every, string.Create(CultureInfo.InvariantCulture, $"only {marks} marks have passed"));

        async Task<(List<int>? Result, Dictionary<StateKey, byte[]>? Stored)> Run(Dictionary<StateKey, byte[]>? stored, int markAt, int giveUp)
        {
            var (result, taken) = await MarkedRun.Run(stages(Source.From(Numbers(Items)).Select(MarkedRun.Count)).To(Sink.ToList<int>()), stored, markAt, endsAtMark: true, giveUp);
            return (isOrdered ? result : result?.Order().ToList(), taken);
        }
    }

    internal static Source<int> InOnePool(Source<int> source, Env pool) =>
        Counted(source.On(pool)).Scan(0, static (sum, item) => sum + (item % 5)).On(Env.Caller).Select(static item => item % 5).On(pool).Select(static item => item + 1).On(Env.Caller);

    internal static Source<int> Counted(Source<int> source) => source.Select(MarkedRun.Count);

    internal static int[] Numbers(int count) => [.. Enumerable.Range(0, count)];

    internal static async Coroutine SumsOf(int key, Inbox<int> items, Target<int> next)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync((1000 * key) + sum);
        }

        await next.SendAsync((-1000 * key) - sum);
    }

    internal static async Coroutine ThrowOften(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            if (item % 4 == 3)
            {
                await next.ThrowAsync(new FormatException());
            }

            await next.SendAsync(item);
        }
    }

    internal static async Coroutine CountErrors(Inbox<int> items, Target<int> next)
    {
        var (errors, hasItem) = (0, true);
        while (hasItem)
        {
            try
            {
                var received = await items.TryReceiveAsync();
                hasItem = received.IsItem;
                if (hasItem)
                {
                    await next.SendAsync((100 * received.Item) + errors);
                }
            }
            catch (FormatException)
            {
                errors++;
                await next.SendAsync(-errors);
            }
        }
    }
}
