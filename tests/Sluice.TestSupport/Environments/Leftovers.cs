namespace Sluice.Tests;

/// <summary>The resources of this process at a moment, as Linux reports them.</summary>
internal sealed class Leftovers
{
    private readonly Dictionary<string, List<string>> _all;

    private Leftovers(string temporaryFolder) => _all = new()
    {
        ["threads"] = [.. Tasks.Select(static task => Read($"{task}/comm").Trim()).Where(static name => !name.StartsWith(".NET ", StringComparison.Ordinal))], // not the pool's and the compiler's
        ["children"] = [.. Tasks.SelectMany(static task => Read($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))],
        ["descriptors"] = [.. Directory.GetFiles("/proc/self/fd").Select(static descriptor => new FileInfo(descriptor).LinkTarget ?? "gone").Where(static target => target != "gone")],
        ["temporary files"] = [.. Directory.GetFileSystemEntries(temporaryFolder)],
    };

    private static string[] Tasks => Directory.GetDirectories("/proc/self/task");

    internal static Leftovers Measure(string temporaryFolder)
    {
        GC.Collect(); // what only a finalizer closes is late, but not left behind
        GC.WaitForPendingFinalizers();
        return new(temporaryFolder);
    }

    internal bool IsNoMoreThan(Leftovers before) => _all.All(kind => kind.Value.Count <= before._all[kind.Key].Count);

    public override string ToString() => string.Join("; ", _all.Select(static kind =>
        $"{kind.Value.Count} {kind.Key}: {string.Join(", ", kind.Value.GroupBy(static name => name.Split(':')[0]).Select(static group => $"{group.Key} x {group.Count()}"))}"));

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // the thread has ended since
        }
    }
}
