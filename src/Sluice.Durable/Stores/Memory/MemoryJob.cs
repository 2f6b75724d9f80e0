namespace Sluice.Durable;

/// <summary>One job of a store in memory. The store's lock guards it.</summary>
internal sealed class MemoryJob
{
    internal required JobRecord Record { get; set; }

    /// <summary>The marks with rows, committed or not, by number and then epoch.</summary>
    internal SortedDictionary<CheckpointId, MemoryRows> Marks { get; } = new(Comparer<CheckpointId>.Create(static (a, b) => (a.Number, a.Epoch).CompareTo((b.Number, b.Epoch))));

    /// <summary>The committed checkpoints that are kept, in order.</summary>
    internal List<CheckpointInfo> Committed { get; } = [];

    /// <summary>What counts at a checkpoint: of each node, key and partition the newest row.</summary>
    internal MemoryRows RowsAt(CheckpointId id)
    {
        var rows = new MemoryRows();
        foreach (var (mark, written) in Marks.Reverse())
        {
            if (mark.Number <= id.Number && IsCommitted(mark))
            {
                rows.AddOlder(written);
            }
        }

        if (Marks.TryGetValue(id, out var own))
        {
            foreach (var (key, row) in own.Staged)
            {
                rows.Staged.Add(key, row);
            }
        }

        return rows;
    }

    internal MemoryRows Open(CheckpointId id)
    {
        if (!Marks.TryGetValue(id, out var rows))
        {
            Marks.Add(id, rows = new MemoryRows());
        }

        return rows;
    }

    internal void RemoveUncommitted(long epoch, long decided)
    {
        foreach (var id in Marks.Keys.Where(id => !IsCommitted(id) && (id.Epoch < epoch || id.Number <= decided)).ToList())
        {
            Marks.Remove(id);
        }
    }

    /// <summary>Folds the rows of a checkpoint that is dropped into the next one.</summary>
    internal void Prune(int keep)
    {
        foreach (var dropped in Committed.SkipLast(keep).Where(static checkpoint => checkpoint.Name is null).ToList())
        {
            var next = Committed[Committed.IndexOf(dropped) + 1];
            if (Marks.Remove(dropped.Id, out var rows))
            {
                Open(next.Id).AddOlder(rows);
            }

            Committed.Remove(dropped);
        }
    }

    internal void Rewind(CheckpointId id)
    {
        Committed.RemoveAll(checkpoint => checkpoint.Id.Number > id.Number);
        foreach (var later in Marks.Keys.Where(mark => mark.Number > id.Number).ToList())
        {
            Marks.Remove(later);
        }
    }

    private bool IsCommitted(CheckpointId id) => Committed.Exists(checkpoint => checkpoint.Id == id);
}
