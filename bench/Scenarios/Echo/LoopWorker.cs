using System.Diagnostics;
using System.Globalization;

namespace Sluice.Bench;

/// <summary>The child of <see cref="LoopWork"/>; <c>work.py</c> is the same in Python.</summary>
internal static class LoopWorker
{
    internal const int Tasks = 100;

    internal static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    internal static int Run(string kind)
    {
        Action<int> hops = kind switch
        {
            "loop" => static count => EventLoop.Run(() => Task.WhenAll(Times(Tasks, () => HopOnLoopAsync(count / Tasks)))),
            "pool" => static count => Task.WhenAll(Times(Tasks, () => Task.Run(() => HopOnPoolAsync(count / Tasks)))).Wait(),
            _ => throw new ArgumentException($"There is no kind '{kind}' of work."),
        };
        Action<int> timers = kind == "loop"
            ? static count => EventLoop.Run(() => Task.WhenAll(Times(count, static () => EventLoop.SleepAsync(NextSleep()).AsTask())))
            : static count => Task.WhenAll(Times(count, static () => Task.Delay(NextSleep()))).Wait();

        Console.WriteLine("ready");
        while (Console.ReadLine()?.Split(' ') is [var what, var count])
        {
            var (started, startedCpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            (what == "hops" ? hops : timers)(int.Parse(count, CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds} {(Environment.CpuUsage.TotalTime - startedCpu).TotalSeconds}"));
        }

        return 0;
    }

    private static async Task HopOnLoopAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await EventLoop.YieldAsync();
        }
    }

    private static async Task HopOnPoolAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
        }
    }

    private static Task[] Times(int count, Func<Task> start)
    {
        var tasks = new Task[count];
        for (var i = 0; i < count; i++)
        {
            tasks[i] = start();
        }

        return tasks;
    }

    private static TimeSpan NextSleep() => Random.Shared.NextDouble() * LongestSleep;
}
