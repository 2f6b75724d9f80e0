namespace Sluice.Bench;

/// <summary>One bus of the feed.</summary>
internal sealed record Bus(string Id, string Route, string Direction, string FinalStop, string Latitude, string Longitude);

/// <summary>A bus of which not everything is known yet.</summary>
/// <typeparam name="T">A text, or the event that has it: then no string is made for a bus that no one wants.</typeparam>
internal sealed class BusFields<T>
{
    internal T? Id { get; private set; }

    internal T? Route { get; private set; }

    internal T? Direction { get; private set; }

    internal T? FinalStop { get; private set; }

    internal T? Latitude { get; private set; }

    internal T? Longitude { get; private set; }

    /// <summary>Returns whether an element is something that is kept of a bus.</summary>
    internal static bool Has(string element) => element is "id" or "route" or "direction" or "finalStop" or "latitude" or "longitude";

    internal void Set(string element, T text)
    {
        switch (element)
        {
            case "id":
                Id = text;
                break;
            case "route":
                Route = text;
                break;
            case "direction":
                Direction = text;
                break;
            case "finalStop":
                FinalStop = text;
                break;
            case "latitude":
                Latitude = text;
                break;
            case "longitude":
                Longitude = text;
                break;
        }
    }

    /// <summary>Forgets everything, for the next bus.</summary>
    internal void Clear() => (Id, Route, Direction, FinalStop, Latitude, Longitude) = (default, default, default, default, default, default);

    internal Bus ToBus(Func<T?, string> text) => new(text(Id), text(Route), text(Direction), text(FinalStop), text(Latitude), text(Longitude));
}
