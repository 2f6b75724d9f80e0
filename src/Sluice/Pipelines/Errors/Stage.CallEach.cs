namespace Sluice;

/// <content>What <c>SelectAsync</c> is, with the error policies that it applies itself.</content>
public static partial class Stage
{
    internal static Stage<TIn, TOut> CallEach<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered) =>
        new([CallEachSpec(selector, degree, ordered, [])]);

    private static CoroutineSpec<TIn> CallEachSpec<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered, ItemPolicy<TIn>[] policies) =>
        new("SelectAsync", NodeKind.Stage, null, (items, outputs) => CallEachFrom(items, (Target<TOut>)outputs[0], selector, degree, ordered, policies))
        {
            WithPolicy = policy => CallEachSpec(selector, degree, ordered, [.. policies, policy]),
        };

    private static async Coroutine CallEachFrom<TIn, TOut>(
        Inbox<TIn> items, Target<TOut> next, Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered, ItemPolicy<TIn>[] policies)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(items.Cancellation);
        var calls = new AsyncCalls<TIn, TOut>(selector, ordered, Array.ConvertAll(policies, policy => new PolicyInRun<TIn>(policy, items)), stop.Token);
        try
        {
            var isOpen = true;
            while (isOpen || calls.Count > 0)
            {
                if (calls.TryTake(out var ended))
                {
                    if (ended.TryGetResult(out var result))
                    {
                        await next.SendAsync(result);
                    }
                }
                else if (!isOpen || calls.Count == degree || calls.HasFailed)
                {
                    await calls.NextEnd.ConfigureAwait(false);
                }
                else
                {
                    var received = await items.TryReceiveAsync(calls.NextEnd);
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
            await stop.CancelAsync().ConfigureAwait(false);
            await calls.WaitForAll();
            throw;
        }
    }
}
