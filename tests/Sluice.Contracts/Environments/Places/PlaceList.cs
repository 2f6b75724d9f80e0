namespace Sluice.Contracts;

/// <summary>Places by name, in order: <see cref="NeighbourContract{TPlace, TOthers}"/> pairs a place with those before it. A class that derives adds its places
/// in its constructor, those that cost most last.</summary>
/// <remarks>Thread safety: it may be read by several threads once it is constructed.</remarks>
public abstract class PlaceList
{
    private readonly List<(string Name, Func<Place> Create)> _all = [];

    /// <summary>The names, in the order in which the places were added.</summary>
    public IReadOnlyList<string> Names => [.. _all.Select(static place => place.Name)];

    /// <summary>The name of a place: that of its class without <c>Place</c> at the end.</summary>
    /// <typeparam name="TPlace">The class of the place.</typeparam>
    public static string NameOf<TPlace>()
        where TPlace : Place => typeof(TPlace).Name.EndsWith(nameof(Place), StringComparison.Ordinal) ? typeof(TPlace).Name[..^nameof(Place).Length] : typeof(TPlace).Name;

    /// <summary>Makes a new place of that name. The caller disposes it.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">Thrown: there is no place of that name.</exception>
    public Place Create(string name) =>
        _all.Find(place => place.Name == name).Create?.Invoke() ?? throw new ArgumentException($"'{name}' is none of the places: {string.Join(", ", Names)}.", nameof(name));

    /// <summary>Adds a place behind those that are there.</summary>
    /// <typeparam name="TPlace">The class of the place.</typeparam>
    protected void Add<TPlace>()
        where TPlace : Place, new() => _all.Add((NameOf<TPlace>(), static () => new TPlace()));
}
