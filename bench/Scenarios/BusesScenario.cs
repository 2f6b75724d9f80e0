using System.Xml;

namespace Sluice.Bench;

/// <summary>The buses of one route that go north, out of an XML feed.</summary>
internal static class BusesScenario
{
    private const int Megabytes = 30;
    private const string Route = "22";
    private const string Direction = "North Bound";

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
        var files = Directory.CreateTempSubdirectory("sluice-buses-");
        try
        {
            var feed = Path.Combine(files.FullName, "feed.xml");
            BusFeed.Write(feed, Megabytes * 1_000_000L);
            var shortFeed = Path.Combine(files.FullName, "short.xml");
            BusFeed.Write(shortFeed, 100_000);

            var buses = File.ReadLines(feed).Count(static line => line.Contains("<bus>", StringComparison.Ordinal));
            Harness.Table("buses", $"A feed of {Megabytes} MB with {buses} buses: those of route {Route} that are {Direction}. Costs are for a bus.");

            string Feed(int count) => count == buses ? feed : shortFeed;
            var expected = new Dictionary<string, long> { [feed] = ByReader(feed), [shortFeed] = ByReader(shortFeed) };
            var ours = Side.Whole(buses, count => ByPipeline(Feed(count)), count => expected[Feed(count)]);
            harness.Compare(
                "pipeline: XML events, coroutine with a child, two filters", ours,
                "XmlReader loop", Side.Whole(buses, count => ByReader(Feed(count)), count => expected[Feed(count)]),
                limit: 1.25);
            harness.Compare(
                "the same", ours,
                "XmlReader that only reads on", Side.Whole(buses, count => ReadOn(Feed(count)), _ => 0));
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }

    private static long ByPipeline(string path) =>
        XmlEvents.Read(path)
            .Through<Bus>(ToBuses)
            .Where(static bus => bus.Route == Route)
            .Where(static bus => bus.Direction == Direction)
            .To(Sink.Count<Bus>())
            .RunAsync().Result;

    private static async Coroutine ToBuses(Inbox<XmlEvent> events, Target<Bus> next)
    {
        while (true)
        {
            var e = await events.ReceiveAsync();
            if (e.IsStart("bus"))
            {
                await next.SendAsync(await ReadBus(events));
            }
        }
    }

    private static async Coroutine<Bus> ReadBus(Inbox<XmlEvent> events)
    {
        var bus = new BusBuilder();
        var field = "";
        while (true)
        {
            var e = await events.ReceiveAsync();
            switch (e.Kind)
            {
                case XmlEventKind.Start:
                    field = e.Name;
                    break;
                case XmlEventKind.Text when BusBuilder.Has(field):
                    bus.Set(field, e.Text);
                    break;
                case XmlEventKind.End when e.Name == "bus":
                    return bus.Build();
                case XmlEventKind.End:
                    field = "";
                    break;
            }
        }
    }

    /// <summary>The same by hand; a record is made only for a bus that is wanted.</summary>
    private static long ByReader(string path)
    {
        using var reader = XmlReader.Create(path, s_settings);
        var count = 0L;
        var bus = new BusBuilder();
        var field = "";
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    field = reader.Name;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when BusBuilder.Has(field):
                    bus.Set(field, reader.Value);
                    break;
                case XmlNodeType.EndElement when reader.Name == "bus":
                    if (bus.Route == Route && bus.Direction == Direction)
                    {
                        GC.KeepAlive(bus.Build());
                        count++;
                    }

                    bus = default;
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
