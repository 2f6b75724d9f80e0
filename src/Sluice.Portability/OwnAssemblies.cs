using System.Reflection;
using System.Text.Json;

namespace Sluice;

/// <summary>An application's own assemblies: those that are made from its projects, not from packages.</summary>
internal static class OwnAssemblies
{
    private const string ListEnding = ".deps.json";

    /// <summary>Those of the application that runs here.</summary>
    internal static IReadOnlyList<Assembly> All { get; } = [.. Find().Distinct()];

    /// <summary>What the application is called: under a test host not that.</summary>
    internal static string ApplicationName =>
        DependencyFile is { Length: > 0 } list ? Path.GetFileName(list).Replace(ListEnding, "", StringComparison.Ordinal)
        : Assembly.GetEntryAssembly()?.GetName().Name ?? "application";

    private static string? DependencyFile => (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];

    /// <summary>Those of the application whose program is this file, which is <see cref="ApplicationName"/>.dll there.</summary>
    /// <exception cref="IOException">Thrown, also as a derived type: its list of dependencies cannot be read.</exception>
    /// <exception cref="InvalidDataException">Thrown: it is no such list.</exception>
    internal static IEnumerable<Assembly> Of(string program, Func<AssemblyName, Assembly> load)
    {
        var list = Path.ChangeExtension(program, ListEnding);
        try
        {
            return Load(ProjectsIn(File.ReadAllBytes(list)), load);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{list}' is not a list of dependencies: {error.Message}", error);
        }
    }

    private static IEnumerable<Assembly> Find()
    {
        IEnumerable<Assembly> entry = Assembly.GetEntryAssembly() is { } assembly ? [assembly] : [];
        return DependencyFile is { } list && File.Exists(list)
            ? entry.Concat(Load(ProjectsIn(File.ReadAllBytes(list)), Assembly.Load))
            : entry; // a program of a single file: it is the entry assembly
    }

    private static IEnumerable<Assembly> Load(IEnumerable<string> names, Func<AssemblyName, Assembly> load)
    {
        foreach (var name in names)
        {
            Assembly assembly;
            try
            {
                assembly = load(new AssemblyName(name));
            }
            catch (Exception error) when (error is FileNotFoundException or FileLoadException or BadImageFormatException)
            {
                continue; // a project that only builds something, or was not published along
            }

            yield return assembly;
        }
    }

    private static List<string> ProjectsIn(byte[] list)
    {
        using var json = JsonDocument.Parse(list);
        var projects = json.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(static library => library.Value.GetProperty("type").GetString() == "project")
            .Select(static library => library.Name)
            .ToHashSet(StringComparer.Ordinal);
        return [.. json.RootElement.GetProperty("targets").EnumerateObject()
            .SelectMany(static target => target.Value.EnumerateObject())
            .Where(library => projects.Contains(library.Name) && library.Value.TryGetProperty("runtime", out _))
            .SelectMany(static library => library.Value.GetProperty("runtime").EnumerateObject())
            .Select(static file => Path.GetFileNameWithoutExtension(file.Name))];
    }
}
