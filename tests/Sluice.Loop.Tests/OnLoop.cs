using System.Runtime.ExceptionServices;

namespace Sluice.Tests;

/// <summary>Runs a loop on a thread of its own, for a bounded time, on a clock that moves by itself.</summary>
internal static class OnLoop
{
    internal static EventLoopOptions Options => new() { TimeProvider = new VirtualTime(), HandleSignals = false };

    internal static void Run(Func<Task> main, EventLoopOptions? options = null, TimeSpan longer = default, CancellationToken cancellation = default) =>
        Run(
            async () =>
            {
                await main();
                return true;
            },
            options,
            longer,
            cancellation);

    internal static T Run<T>(Func<Task<T>> main, EventLoopOptions? options = null, TimeSpan longer = default, CancellationToken cancellation = default)
    {
        T result = default!;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = EventLoop.Run(main, options ?? Options, cancellation);
            }
            catch (Exception failure)
            {
                error = ExceptionDispatchInfo.Capture(failure);
            }
        })
        { IsBackground = true };
        thread.Start();
        if (!thread.Join(Wait.Limit + longer))
        {
            throw new TimeoutException($"Waited {(Wait.Limit + longer).TotalSeconds} s in vain for the end of the loop.");
        }

        error?.Throw();
        return result;
    }

    internal static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>The seconds on the loop's clock since <paramref name="timestamp"/>, or since it began.</summary>
    internal static double Elapsed(long timestamp = 0) => EventLoop.Current.TimeProvider.GetElapsedTime(timestamp).TotalSeconds;
}
