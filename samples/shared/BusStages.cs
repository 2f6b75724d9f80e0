using Sluice;

namespace Samples;

/// <summary>One bus of the feed.</summary>
public sealed record Bus(string Route, string Id, string Direction, string Latitude, string Longitude)
{
    public override string ToString() => $"{Route}, {Id}, {Direction}, {Latitude}, {Longitude}";
}

/// <summary>The stages between XML events and buses. Where the events come from, they cannot tell.</summary>
public static class BusStages
{
    /// <summary>Looks for a bus; then another coroutine reads it from the same inbox.</summary>
    public static async Coroutine ToBuses(Inbox<XmlEvent> events, Target<Bus> next)
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
        var fields = new Dictionary<string, string>();
        var text = "";
        while (true)
        {
            var e = await events.ReceiveAsync();
            switch (e.Kind)
            {
                case XmlEventKind.Start:
                    text = "";
                    break;
                case XmlEventKind.Text:
                    text = e.Text;
                    break;
                case XmlEventKind.End when e.Name == "bus":
                    return new Bus(Field("route"), Field("id"), Field("direction"), Field("latitude"), Field("longitude"));
                default:
                    fields[e.Name] = text;
                    break;
            }
        }

        string Field(string name) => fields.GetValueOrDefault(name, "");
    }
}
