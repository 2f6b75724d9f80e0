using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>Bounded waits: a test that would hang fails and says what it waited for.</summary>
internal static class Wait
{
    /// <summary>The limit beyond which a test hangs, also on a machine with thirty programs for each of its cores.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const int Yields = 100;

    internal static async Task For(Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await AnyEnd(task, what);
        await task;
    }

    internal static async Task<T> For<T>(Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await AnyEnd(task, what);
        return await task;
    }

    internal static Task For(ValueTask task, [CallerArgumentExpression(nameof(task))] string what = "") => For(task.AsTask(), what);

    /// <summary>For what no one signals.</summary>
    internal static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        for (var rounds = 0; !condition(); rounds++)
        {
            if (watch.Elapsed > Limit)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain for: {what}");
            }

            if (rounds < Yields)
            {
                await Task.Yield();
            }
            else
            {
                await Task.Delay(1); // leaves the processor to what is waited for
            }
        }
    }

    private static async Task AnyEnd(Task task, string what)
    {
        using var stop = new CancellationTokenSource();
        if (await Task.WhenAny(task, Task.Delay(Limit, stop.Token)) != task)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain for: {what}");
        }

        await stop.CancelAsync();
    }
}
