namespace Sluice.Bench;

/// <summary>The buses of one route that go north, out of an XML feed: the same stages for every source of events.</summary>
internal static class BusPipeline
{
    internal const string Route = "22";
    internal const string Direction = "North Bound";

    /// <summary>Counts them.</summary>
    internal static long Count(Source<XmlEvent> events) =>
        events
            .Through<BusFields<XmlEvent>>(ToBuses)
            .Where(static bus => bus.Route.IsText(Route))
            .Where(static bus => bus.Direction.IsText(Direction))
            .Select(static bus => bus.ToBus(static field => field.Text))
            .To(Sink.Count<Bus>())
            .RunAsync().Result;

    private static async Coroutine ToBuses(Inbox<XmlEvent> events, Target<BusFields<XmlEvent>> next)
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

    private static async Coroutine<BusFields<XmlEvent>> ReadBus(Inbox<XmlEvent> events)
    {
        var bus = new BusFields<XmlEvent>();
        var field = "";
        while (true)
        {
            var e = await events.ReceiveAsync();
            switch (e.Kind)
            {
                case XmlEventKind.Start:
                    field = e.Name;
                    break;
                case XmlEventKind.Text:
                    bus.Set(field, e);
                    break;
                case XmlEventKind.End when e.Name == "bus":
                    return bus;
                case XmlEventKind.End:
                    field = "";
                    break;
            }
        }
    }
}
