using System.Globalization;
using Sluice.Bench;

// dotnet run -c Release --project bench/Scenarios -- [grep] [chain] [broadcast] [route] [keys] [threads] [windows] [chunk] [idle] [snapshot] [xml] [xml-memory] [echo] [hop] [journal] [durable] [--rounds N]
// dotnet run -c Release --project bench/Scenarios -- feed FILE       makes the small feed of the samples
var scenarios = new (string Name, Action<Harness> Run)[]
{
    ("grep", GrepScenario.Run),
    ("chain", ChainScenario.Run),
    ("broadcast", BroadcastScenario.Run),
    ("route", RouteScenario.Run),
    ("keys", KeysScenario.Run),
    ("threads", ThreadsScenario.Run),
    ("windows", WindowsScenario.Run),
    ("chunk", ChunkScenario.Run),
    ("idle", IdleScenario.Run),
    ("snapshot", SnapshotScenario.Run),
    ("xml", XmlScenario.Run),
    ("xml-memory", XmlMemoryScenario.Run),
    ("echo", EchoScenario.Run),
    ("hop", HopScenario.Run),
    ("journal", JournalScenario.Run),
    ("durable", DurableScenario.Run),
};

if (args is ["feed", var feed])
{
    BusFeed.Write(feed, BusFeed.SmallLength);
    return 0;
}

if (args is [XmlMemoryScenario.PeakCommand, var level, var length])
{
    XmlMemoryScenario.PrintPeak(level, long.Parse(length, CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["echo-server", "--kind", var server])
{
    return EchoServer.Run(server); // a child of the echo scenario
}

if (args is ["loop-work", "--kind", var worker])
{
    return LoopWorker.Run(worker); // likewise
}

if (args is ["hop-peer", "--kind", var kind, "--way", var way])
{
    return HopChild.Run(kind, way); // a child of the hop scenario
}

if (args is ["hop-worker"])
{
    return await HopWorker.RunAsync(); // likewise
}

var rounds = 7;
var chosen = new HashSet<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
    {
        i++;
    }
    else if (scenarios.Any(scenario => scenario.Name == args[i]))
    {
        chosen.Add(args[i]);
    }
    else
    {
        Console.Error.WriteLine($"Not understood: '{args[i]}'. Give any of {string.Join(", ", scenarios.Select(scenario => scenario.Name))}, and --rounds N with N at least 1.");
        return 2;
    }
}

Machine.Print();
var harness = new Harness(rounds);
foreach (var (name, run) in scenarios)
{
    if (chosen.Count == 0 || chosen.Contains(name))
    {
        run(harness);
    }
}

return 0;
