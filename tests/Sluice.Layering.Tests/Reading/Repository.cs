namespace Sluice.Layering.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The names of the assemblies: each folder of <c>src</c> with a project in it.</summary>
    internal static IReadOnlyList<string> Assemblies { get; } = [.. Directory.GetDirectories(Path.Combine(Root, "src"))
        .Select(static folder => Path.GetFileName(folder))
        .Where(static name => File.Exists(Path.Combine(Root, "src", name, $"{name}.csproj")))
        .Order(StringComparer.Ordinal)];

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Sluice.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"No Sluice.slnx above {AppContext.BaseDirectory}.");
    }
}
