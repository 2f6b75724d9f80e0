using System.Text.Json;

namespace Sluice.Layering.Tests;

/// <summary>The projects and packages that each project refers to itself, as the build recorded them.</summary>
internal static class ProjectReferences
{
    private static readonly Lazy<Dictionary<string, string[]>> s_all = new(Read);

    internal static IReadOnlyList<string> Of(string assembly) => s_all.Value[assembly];

    private static Dictionary<string, string[]> Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(typeof(ProjectReferences).Assembly.Location, ".deps.json")));
        return file.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject().ToDictionary(
            static library => library.Name.Split('/')[0],
            static library => library.Value.TryGetProperty("dependencies", out var dependencies) ? dependencies.EnumerateObject().Select(static dependency => dependency.Name).ToArray() : []);
    }
}
