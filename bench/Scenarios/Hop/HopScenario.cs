namespace Sluice.Bench;

/// <summary>Measures the cost of crossing a boundary: to another thread, to another process. The limits are those of "at least so many times
/// faster", turned round.</summary>
internal static class HopScenario
{
    private const int Numbers = 5_000_000;
    private const int Records = 300_000;
    private const int BlocksOfRound = 5_000;
    private const int Pings = 20_000;
    private const int Megabytes = 30;

    internal static void Run(Harness harness)
    {
        Threads(harness);
        Buses(harness);
        ProcessRecords(harness);
        Blocks(harness);
        Latency(harness);
        Console.WriteLine();
        Console.WriteLine($"Load behind the last round: {Machine.LoadNow() ?? "not known"}.");
    }

    private static void Threads(Harness harness)
    {
        var all = Enumerable.Range(0, Numbers).Select(static i => (long)i).ToArray();
        var beginnings = new Dictionary<int, long[]> { [Numbers] = all };
        Side Of(Func<long[], long> run) => Side.Whole(Numbers, count => run(beginnings.TryGetValue(count, out var some) ? some : beginnings[count] = all[..count]), tries: 1);
        Harness.Table("hop: to another thread", $"{Numbers:#,0} numbers of 8 bytes to another thread, which counts them; what is between holds {PeerFeeds.Capacity} of them. Costs are for a number, the start of the thread included.");
        var ours = Of(HopThreads.ByPipeline);
        harness.Compare("On(Env.Thread())", ours, "bounded Channel, TryWrite and TryRead", Of(HopThreads.ByChannel), limit: 1 / 5.0);
        harness.Compare("On(Env.Thread())", ours, "BlockingCollection", Of(HopThreads.ByBlockingCollection), limit: 1 / 10.0);
        harness.Compare("On(Env.Thread())", ours, "Dataflow: ActionBlock", Of(HopThreads.ByDataflow), limit: 1 / 5.0);
    }

    private static void Buses(Harness harness)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-hop-");
        try
        {
            Buses(harness, Path.Combine(folder.FullName, "feed.xml"), Path.Combine(folder.FullName, "short.xml"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Buses(Harness harness, string feed, string shortFeed)
    {
        BusFeed.Write(feed, Megabytes * 1_000_000);
        BusFeed.Write(shortFeed, BusFeed.SmallLength);
        var buses = File.ReadLines(feed).Count(static line => line.Contains("<bus>", StringComparison.Ordinal));
        Harness.Table("hop: the bus pipeline", $"A feed of {Megabytes} MB with {buses} buses: those of route {BusPipeline.Route} that are {BusPipeline.Direction}, with all stages behind the events on another thread. Costs are for a bus.");
        Compare("reader level", static path => XmlEvents.Read(path));
        Compare("bytes level", static path => Utf8Xml.Read(path));
        Compare("expat level", static path => Expat.Read(path));

        void Compare(string level, Func<string, Source<XmlEvent>> read)
        {
            var expected = new[] { feed, shortFeed }.ToDictionary(static path => path, path => BusPipeline.Count(read(path)));
            string Feed(int count) => count == buses ? feed : shortFeed;
            Side Of(Func<Source<XmlEvent>, Source<XmlEvent>> place) => Side.Whole(buses, count => BusPipeline.Count(place(read(Feed(count)))), count => expected[Feed(count)], tries: 1);
            harness.Compare($"{level}: On(Env.Thread())", Of(static events => events.On(Env.Thread())), $"{level}: inline", Of(static events => events), limit: 1);
        }
    }

    private static void ProcessRecords(Harness harness)
    {
        Harness.Table("hop: records to another process", $"{Records:#,0} records of about 100 bytes to another process, which makes objects of them and counts them, until the count has come back. B is what the sending process allocates.");
        using var line = new HopLine<HopRecord>(Env.Process(), HopRecord.Of);
        using var json = HopPeer.Start("json", "pipe");
        var ours = Whole(Records, line.Send);
        harness.Compare("On(Env.Process())", ours, "System.Text.Json lines over a pipe", Whole(Records, json.SendLines), limit: 1 / 4.0);
        ComparePickle("dump", "CPython: pickle.dump, pickle.load", 1 / 10.0);
        ComparePickle("dumps", "CPython: pickle.dumps, a kept Unpickler", 1 / 10.0);
        ComparePickle("fast", "CPython: a Pickler without memo (deprecated), a kept Unpickler", null);

        void ComparePickle(string kind, string name, double? limit)
        {
            using var python = HopPython.StartIfPresent(kind);
            if (python is not null)
            {
                harness.Compare("On(Env.Process())", ours, name, Side.OfProgram(Records, python.Send, static count => count), limit);
            }
        }
    }

    private static void Blocks(Harness harness)
    {
        Harness.Table("hop: blocks to another process", $"{BlocksOfRound:#,0} blocks of 64 KiB to another process, until their count has come back.");
        Compare("On(Env.Process())", Env.Process(), "raw pipe", "pipe");
        using (var worker = HopWorker.Start(isEncrypted: false))
        {
            Compare("On(Env.Tcp()) on loopback", worker.Env, "raw socket", "socket");
        }

        using (var worker = HopWorker.Start(isEncrypted: true))
        {
            Compare("On(Env.Tcp()) on loopback, TLS", worker.Env, "SslStream", "tls");
        }

        void Compare(string name, Env there, string peerName, string way)
        {
            var block = new byte[HopChild.BlockSize];
            using var line = new HopLine<byte[]>(there, _ => block);
            using var peer = HopPeer.Start("blocks", way);
            harness.Compare(name, Whole(BlocksOfRound, line.Send), peerName, Whole(BlocksOfRound, peer.SendBlocks), limit: 2);
        }
    }

    private static void Latency(Harness harness)
    {
        Harness.Table("hop: one item at a time", $"{Pings:#,0} round trips, each begun when the one before has ended.");
        Compare("On(Env.Thread())", Env.Thread(), "two bounded Channels between two threads", HopThreads.PingByThreads);
        Compare("On(Env.Thread())", Env.Thread(), "two bounded Channels between two tasks", HopThreads.PingByChannels);
        using (var pipe = HopPeer.Start("ping", "pipe"))
        {
            Compare("On(Env.Process())", Env.Process(), "raw pipe", pipe.Ping);
        }

        using var socket = HopPeer.Start("ping", "socket");
        using var worker = HopWorker.Start(isEncrypted: false);
        Compare("On(Env.Tcp()) on loopback", worker.Env, "raw socket", socket.Ping);

        void Compare(string name, Env there, string peerName, Func<int, long> peer)
        {
            using var line = new HopPing(there);
            harness.Compare($"{name}, On(Env.Caller)", Whole(Pings, line.Send), peerName, Whole(Pings, peer), limit: 2);
        }
    }

    private static Side Whole(int items, Func<int, long> run) => Side.Whole(items, run, tries: 1);
}
