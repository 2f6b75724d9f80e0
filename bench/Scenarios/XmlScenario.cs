using System.Xml;

namespace Sluice.Bench;

/// <summary>The same stages behind the three levels of XML events, each against what is usual there.</summary>
internal static class XmlScenario
{
    private const int Megabytes = 30;

    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    internal static void Run(Harness harness)
    {
        var files = Directory.CreateTempSubdirectory("sluice-xml-");
        try
        {
            Run(harness, files.FullName);
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }

    private static void Run(Harness harness, string folder)
    {
        var feed = Path.Combine(folder, "feed.xml");
        BusFeed.Write(feed, Megabytes * 1_000_000);
        var shortFeed = Path.Combine(folder, "short.xml");
        BusFeed.Write(shortFeed, BusFeed.SmallLength);
        var buses = File.ReadLines(feed).Count(static line => line.Contains("<bus>", StringComparison.Ordinal));
        using var expat = ExternalProgram.StartExpat(folder, out var noExpat);
        using var python = ExternalProgram.StartPython(out var noPython);

        Harness.Table("xml", $"A feed of {Megabytes} MB with {buses} buses: those of route {BusPipeline.Route} that are {BusPipeline.Direction}. Costs are for a bus.");

        string Feed(int count) => count == buses ? feed : shortFeed;
        var expected = new Dictionary<string, long> { [feed] = ByReader(feed), [shortFeed] = ByReader(shortFeed) };
        Side Buses(Func<string, long> run) => Side.Whole(buses, count => run(Feed(count)), count => expected[Feed(count)]);
        var readerLevel = Buses(static path => BusPipeline.Count(XmlEvents.Read(path)));
        var expatLevel = Buses(static path => BusPipeline.Count(Expat.Read(path)));
        var bytesLevel = Buses(static path => BusPipeline.Count(Utf8Xml.Read(path)));
        var loop = Buses(ByReader);

        harness.Compare("reader level: pipeline", readerLevel, "XmlReader loop", loop, limit: 1.25);
        var bytesTime = harness.Compare("bytes level: pipeline", bytesLevel, "XmlReader loop", loop, limit: 0.4);
        if (expat is not null)
        {
            harness.Compare("expat level: pipeline", expatLevel, "C program with empty callbacks", Side.OfProgram(buses, count => expat.Ask(Feed(count)), _ => 0), limit: 1.6);
        }

        if (python is not null)
        {
            var coroutines = Side.OfProgram(buses, count => python.Ask(Feed(count)), count => expected[Feed(count)]);
            harness.Compare("expat level: pipeline", expatLevel, "CPython: pyexpat, generators", coroutines, limit: 1 / 4.0);
            harness.Compare("bytes level: pipeline", bytesLevel, "CPython: pyexpat, generators", coroutines, limit: 1 / 12.0);
        }

        var events = new Dictionary<string, long> { [feed] = CountEvents(XmlEvents.Read(feed)), [shortFeed] = CountEvents(XmlEvents.Read(shortFeed)) };
        Side Events(Func<string, Source<XmlEvent>> read) => Side.Whole(buses, count => CountEvents(read(Feed(count))), count => events[Feed(count)]);
        var readOn = Side.Whole(buses, count => ReadOn(Feed(count)), static _ => 0);
        harness.Compare("reader level: events to a counter", Events(static path => XmlEvents.Read(path)), "XmlReader that only reads on", readOn);
        harness.Compare("expat level: events to a counter", Events(static path => Expat.Read(path)), "XmlReader that only reads on", readOn);
        var eventsTime = harness.Compare("bytes level: events to a counter", Events(static path => Utf8Xml.Read(path)), "XmlReader that only reads on", readOn);

        Console.WriteLine();
        Console.WriteLine($"Best rounds: bytes level {Speed(bytesTime):0} MB/s with the pipeline and {Speed(eventsTime):0} MB/s with a counter.");
        foreach (var problem in new[] { noExpat, noPython }.OfType<string>())
        {
            Console.WriteLine();
            Console.WriteLine($"**Rows are left out:** {problem}");
        }

        double Speed(double nanoseconds) => new FileInfo(feed).Length * 1000.0 / nanoseconds / buses;
    }

    private static long CountEvents(Source<XmlEvent> events) => events.To(Sink.Count<XmlEvent>()).RunAsync().Result;

    /// <summary>The same by hand; a record is made only for a bus that is wanted.</summary>
    private static long ByReader(string path)
    {
        using var reader = XmlReader.Create(path, s_settings);
        var count = 0L;
        var bus = new BusFields<string>();
        var field = "";
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    field = reader.Name;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when BusFields<string>.Has(field):
                    bus.Set(field, reader.Value);
                    break;
                case XmlNodeType.EndElement when reader.Name == "bus":
                    if (bus.Route == BusPipeline.Route && bus.Direction == BusPipeline.Direction)
                    {
                        GC.KeepAlive(bus.ToBus(static field => field ?? ""));
                        count++;
                    }

                    bus.Clear();
                    break;
                case XmlNodeType.EndElement:
                    field = "";
                    break;
            }
        }

        return count;
    }

    private static long ReadOn(string path)
    {
        using var reader = XmlReader.Create(path, s_settings);
        while (reader.Read())
        {
        }

        return 0;
    }
}
