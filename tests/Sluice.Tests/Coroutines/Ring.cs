namespace Sluice.Tests;

/// <summary>Two coroutines of one strand that may send to each other.</summary>
internal static class Ring
{
    /// <summary>A passes its items to B, which it starts itself, so both are of one strand; B is given the way back.</summary>
    internal static (CoroutineTarget<int> A, List<int> Seen) Start(Func<Inbox<int>, Func<Target<int>>, Coroutine> second)
    {
        CoroutineTarget<int> a = null!;
        var seen = new List<int>();
        a = Target.Start<int>(
            async inbox =>
            {
                var b = Target.Start<int>(back => second(back, () => a), "B");
                await foreach (var item in inbox)
                {
                    seen.Add(item);
                    await b.SendAsync(item);
                }
            },
            "A");
        return (a, seen);
    }
}
