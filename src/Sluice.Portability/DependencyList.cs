using System.Text.Json;

namespace Sluice;

/// <summary>An application's list of what it was built from: its <c>.deps.json</c>.</summary>
internal sealed class DependencyList
{
    internal const string Ending = ".deps.json";

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private DependencyList(JsonElement root)
    {
        var projects = root.GetProperty("libraries").EnumerateObject()
            .Where(static library => library.Value.GetProperty("type").GetString() == "project")
            .Select(static library => library.Name)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var library in root.GetProperty("targets").EnumerateObject().SelectMany(static target => target.Value.EnumerateObject()))
        {
            // A name is followed by '/' and the version; what it needs is named without one.
            _entries[library.Name.Split('/')[0]] = new(projects.Contains(library.Name), NamesIn(library.Value, "dependencies"), NamesIn(library.Value, "runtime"));
        }
    }

    /// <summary>The assemblies that are made from the application's projects, not from packages.</summary>
    internal IEnumerable<string> Projects => _entries.Values.Where(static entry => entry.IsProject).SelectMany(AssembliesOf);

    /// <exception cref="IOException">Thrown, also as a derived type: the file cannot be read.</exception>
    /// <exception cref="InvalidDataException">Thrown: it is no such list.</exception>
    internal static DependencyList Read(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            return new(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{file}' is not a list of dependencies: {error.Message}", error);
        }
    }

    /// <summary>The assemblies of the library with this name, and of all that need it, directly or through others.</summary>
    internal IEnumerable<string> AssembliesThatNeed(string library)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { library };
        while (_entries.Where(entry => !found.Contains(entry.Key) && entry.Value.Needs.Exists(found.Contains)).Select(static entry => entry.Key).ToList() is { Count: > 0 } more)
        {
            found.UnionWith(more);
        }

        return found.Where(_entries.ContainsKey).SelectMany(name => AssembliesOf(_entries[name]));
    }

    private static IEnumerable<string> AssembliesOf(Entry entry) => entry.Files.Select(static file => Path.GetFileNameWithoutExtension(file));

    private static List<string> NamesIn(JsonElement library, string property) =>
        library.TryGetProperty(property, out var names) ? [.. names.EnumerateObject().Select(static name => name.Name)] : [];

    private sealed record Entry(bool IsProject, List<string> Needs, List<string> Files);
}
