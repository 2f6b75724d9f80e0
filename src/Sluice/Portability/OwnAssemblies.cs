using System.Reflection;
using System.Text.Json;

namespace Sluice;

/// <summary>The application's own assemblies: those that are made from its projects, not from packages.</summary>
internal static class OwnAssemblies
{
    internal static IReadOnlyList<Assembly> All { get; } = [.. Find().Distinct()];

    /// <summary>What the application is called: under a test host not that.</summary>
    internal static string ApplicationName =>
        DependencyFile is { Length: > 0 } list ? Path.GetFileName(list).Replace(".deps.json", "", StringComparison.Ordinal)
        : Assembly.GetEntryAssembly()?.GetName().Name ?? "application";

    private static string? DependencyFile => (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];

    private static IEnumerable<Assembly> Find()
    {
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            yield return entry;
        }

        var list = DependencyFile;
        if (!File.Exists(list))
        {
            yield break; // a program of a single file: it is the entry assembly
        }

        foreach (var name in ProjectsIn(File.ReadAllBytes(list)))
        {
            Assembly assembly;
            try
            {
                assembly = Assembly.Load(name);
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
