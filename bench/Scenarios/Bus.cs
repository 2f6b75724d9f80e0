namespace Sluice.Bench;

/// <summary>One bus of the feed.</summary>
internal sealed record Bus(string Id, string Route, string Direction, string FinalStop, string Latitude, string Longitude);

/// <summary>A bus of which not everything is known yet.</summary>
internal struct BusBuilder
{
    private string? _id;
    private string? _finalStop;
    private string? _latitude;
    private string? _longitude;

    internal string? Route { get; private set; }

    internal string? Direction { get; private set; }

    /// <summary>Whether an element is something that is kept of a bus.</summary>
    internal static bool Has(string element) => element is "id" or "route" or "direction" or "finalStop" or "latitude" or "longitude";

    internal void Set(string element, string text)
    {
        switch (element)
        {
            case "id":
                _id = text;
                break;
            case "route":
                Route = text;
                break;
            case "direction":
                Direction = text;
                break;
            case "finalStop":
                _finalStop = text;
                break;
            case "latitude":
                _latitude = text;
                break;
            case "longitude":
                _longitude = text;
                break;
        }
    }

    internal readonly Bus Build() => new(_id ?? "", Route ?? "", Direction ?? "", _finalStop ?? "", _latitude ?? "", _longitude ?? "");
}
