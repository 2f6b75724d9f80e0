using System.Xml.Linq;

namespace Sluice.Tests;

/// <summary>The course's own document, which is not in the repository: without it these tests have nothing to look at.</summary>
public sealed class AllRoutesTests
{
    [Fact]
    public async Task The_document_has_863_buses()
    {
        if (!TryFind(out var path))
        {
            return;
        }

        var buses = await Wait.For(XmlEvents.Read(path).Through<Bus>(ToBuses).To(Sink.ToList<Bus>()).RunAsync());

        Assert.Equal(863, buses.Count);
        Assert.Equal(
            XDocument.Load(path).Descendants("bus").Select(bus => new Bus(bus.Element("route")!.Value, bus.Element("direction")!.Value)),
            buses);
    }

    [Fact]
    public async Task A_filter_and_an_early_end_find_the_first_bus_of_a_route()
    {
        if (!TryFind(out var path))
        {
            return;
        }

        var buses = await Wait.For((XmlEvents.Read(path) | Stage.Create<XmlEvent, Bus>(ToBuses) | Stage.Where<Bus>(bus => bus.Route == "22") | Stage.Take<Bus>(1) | Sink.ToList<Bus>()).RunAsync());

        Assert.Equal("22", Assert.Single(buses).Route);
    }

    /// <summary>False in a checkout that has no shared data beside it.</summary>
    private static bool TryFind(out string path)
    {
        path = Repository.Shared("data/allroutes.xml") ?? "";
        return path.Length > 0;
    }

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
        var (route, direction, text) = ("", "", "");
        while (true)
        {
            var e = await events.ReceiveAsync();
            if (e.IsEnd("bus"))
            {
                return new Bus(route, direction);
            }

            text = e.Kind == XmlEventKind.Text ? e.Text : e.Kind == XmlEventKind.Start ? "" : text;
            route = e.IsEnd("route") ? text : route;
            direction = e.IsEnd("direction") ? text : direction;
        }
    }

    private sealed record Bus(string Route, string Direction);
}
