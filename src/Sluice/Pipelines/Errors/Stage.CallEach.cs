namespace Sluice;

/// <content>What <c>SelectAsync</c> is, with the error policies that it applies itself.</content>
public static partial class Stage
{
    internal static Stage<TIn, TOut> CallEach<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered, bool drain) =>
        new([CallEachSpec(selector, degree, ordered, drain, [])]);

    private static CoroutineSpec<TIn> CallEachSpec<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered, bool drain, ItemPolicy<TIn>[] policies) =>
        new("SelectAsync", NodeKind.Stage, null, (items, outputs) => CallEachFrom(items, (Target<TOut>)outputs[0], selector, degree, ordered, drain, policies))
        {
            WithPolicy = policy => CallEachSpec(selector, degree, ordered, drain, [.. policies, policy]),
        };

    private static async Coroutine CallEachFrom<TIn, TOut>(
        Inbox<TIn> items, Target<TOut> next, Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered, bool drain, ItemPolicy<TIn>[] policies)
    {
        // While no call is under way there is nothing here but what the policies count, which can be stored.
        var inRun = Array.ConvertAll(policies, policy => new PolicyInRun<TIn>(policy, items));
        while (true)
        {
            var received = await items.TryReceiveAsync();
            if (received.IsClosed)
            {
                return;
            }

            await CallsFrom(received.Item, items, next, selector, degree, ordered, drain, inRun);
        }
    }

    /// <summary>Calls for the item and for those that come while calls are under way; ends when none is.</summary>
    private static async Coroutine CallsFrom<TIn, TOut>(
        TIn first, Inbox<TIn> items, Target<TOut> next, Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered, bool drain, PolicyInRun<TIn>[] policies)
    {
        var calls = new AsyncCalls<TIn, TOut>(selector, ordered, policies, items);
        try
        {
            calls.Start(first);
            var isOpen = true;
            while (calls.Count > 0)
            {
                calls.GoOn();
                if (calls.TryTake(out var ended))
                {
                    if (ended.TryGetResult(out var result))
                    {
                        await next.SendAsync(result);
                    }
                }
                else if (calls.HasFailed || (drain && (!isOpen || calls.Count == degree)))
                {
                    await calls.NextEnd.ConfigureAwait(false); // a mark waits
                }
                else if (!isOpen || calls.Count == degree)
                {
                    await items.PauseUntilSignalAsync();
                }
                else
                {
                    var received = await (drain ? items.TryReceiveAsync(calls.NextEnd) : items.TryReceiveUntilSignalAsync());
                    isOpen = !received.IsClosed;
                    if (received.IsItem)
                    {
                        calls.Start(received.Item);
                    }
                }
            }
        }
        catch
        {
            await calls.CancelAll();
            throw;
        }
        finally
        {
            calls.Dispose();
        }
    }
}
