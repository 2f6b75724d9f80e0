using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Everything that outlives the process of a job: a store, a disk, a service that takes output in two phases, and a broker that forgets what is acknowledged.</summary>
internal sealed class World : IAsyncDisposable
{
    private long _published = -1;

    internal CheckpointStore Store { get; } = Checkpoints.Memory();

    internal SimulatedDisk Disk { get; set; } = OutputStory.NewDisk();

    /// <summary>The items up to which the broker has none any more.</summary>
    internal int Acknowledged { get; set; }

    /// <summary>The output that the service shows to others.</summary>
    internal List<string> Shown { get; } = [];

    private Dictionary<long, string[]> Prepared { get; } = [];

    internal void Prepare(long number, IEnumerable<string> items) => Prepared[number] = [.. items];

    internal void GoBackTo(long number) => Prepared.Keys.Where(key => key > number).ToList().ForEach(key => Prepared.Remove(key));

    internal void Publish(long number)
    {
        if (number > _published)
        {
            _published = number;
            Shown.AddRange(Prepared[number]);
        }
    }

    /// <summary>The text of the files whose names begin so, in the order of their names.</summary>
    internal string TextOf(string stem) => string.Concat(Disk.FilesIn(OutputStory.Folder)
        .Where(name => name.StartsWith(stem, StringComparison.Ordinal) && name.EndsWith(".txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(name => System.Text.Encoding.UTF8.GetString(Disk.ContentOf($"{OutputStory.Folder}/{name}"))));

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
