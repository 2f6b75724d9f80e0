namespace Sluice.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The folder of the project whose tests run: the output is in <c>bin</c>, configuration and framework below it.</summary>
    internal static string Project { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

    /// <summary>A file that is laid beside some checkouts; null where it is not.</summary>
    internal static string? Shared(string path)
    {
        var file = Path.GetFullPath(Path.Combine(Root, "..", "shared", path));
        return File.Exists(file) ? file : null;
    }

    internal static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

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
