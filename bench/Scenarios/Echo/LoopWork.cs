using System.Globalization;

namespace Sluice.Bench;

/// <summary>Measures the cost of letting others run, and of sleeping: on the loop, on the thread pool and on asyncio. Each is a process
/// that is told <c>hops COUNT</c> or <c>timers COUNT</c>, and answers with seconds and CPU seconds.</summary>
internal static class LoopWork
{
    private const int Count = 1_000_000;
    private const int WarmUpCount = Count / 10;
    private const int MostRounds = 3; // a million timers take asyncio half a minute

    internal static void Run(Harness harness)
    {
        var workers = new List<(string Name, Child Process)>();
        try
        {
            Add("the loop", static () => Child.StartSelf("loop-work", "--kind", "loop"));
            Add("thread pool", static () => Child.StartSelf("loop-work", "--kind", "pool"));
            Add("asyncio", static () => Child.StartPython(EchoFiles.PathOf("work.py")));
            var rounds = Math.Min(harness.Rounds, MostRounds);
            Harness.Table("echo: hops and timers", string.Create(CultureInfo.InvariantCulture, $"A million hops: {LoopWorker.Tasks} tasks let the others run {Count / LoopWorker.Tasks:#,0} times each. A million timers: as many tasks sleep at the same time, each for a random time up to {LoopWorker.LongestSleep.TotalSeconds} s. For each of them; CPU time is user and system. {rounds} rounds."));
            foreach (var what in (string[])["hops", "timers"])
            {
                Compare(what, workers, rounds);
            }
        }
        finally
        {
            workers.ForEach(static worker => worker.Process.Dispose());
        }

        void Add(string name, Func<Child> start)
        {
            if (Child.StartIfPresent(name, start) is { } process)
            {
                workers.Add((name, process));
            }
        }
    }

    private static void Compare(string what, List<(string Name, Child Process)> workers, int rounds)
    {
        var times = workers.Select(_ => new List<double>()).ToArray();
        var cpuTimes = workers.Select(_ => new List<double>()).ToArray();
        foreach (var (_, process) in workers)
        {
            process.Ask($"{what} {WarmUpCount}");
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < workers.Count; i++)
            {
                var answer = workers[i].Process.Ask($"{what} {Count}").Split(' ');
                times[i].Add(double.Parse(answer[0], CultureInfo.InvariantCulture) * 1e9 / Count);
                cpuTimes[i].Add(double.Parse(answer[1], CultureInfo.InvariantCulture) * 1e9 / Count);
            }
        }

        for (var i = 1; i < workers.Count; i++)
        {
            Harness.Row($"{workers[0].Name}: {what}", times[0], workers[i].Name, times[i]);
            Harness.Row($"{workers[0].Name}: {what}, CPU time", cpuTimes[0], workers[i].Name, cpuTimes[i]);
        }
    }
}
