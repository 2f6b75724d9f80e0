namespace Sluice.Durable;

/// <summary>Records that are written to a store of files on a <see cref="SimulatedDisk"/>, and what must be found after a crash.</summary>
internal sealed class JournalStory
{
    internal const string Folder = "/data/journal";
    private const int SegmentSize = 4096;

    private long _taken; // records of which the store said that they are durable
    private long _tried;
    private long _trimmed;
    private readonly HashSet<long> _pins = []; // the values that the pin may have

    internal static SimulatedDisk NewDisk()
    {
        var disk = new SimulatedDisk();
        disk.CreateFolder("/data");
        return disk;
    }

    internal static FileJournalStore Open(Disk disk) => new(disk, Folder, SegmentSize);

    /// <summary>A record that shows its number and has no zeros.</summary>
    internal static byte[] Record(long number)
    {
        var record = new byte[20 + (number * 37 % 300)];
        Array.Fill(record, (byte)(1 + (number % 255)));
        return record;
    }

    internal static JournalBatch Batch(long first, int count)
    {
        var batch = new JournalBatch();
        batch.Begin(first);
        for (var number = first; number < first + count; number++)
        {
            batch.Add(Record(number));
        }

        return batch;
    }

    internal static List<byte[]> ReadAll(FileJournalStore store)
    {
        var records = new List<byte[]>();
        using var cursor = store.Read(store.First);
        while (cursor.TryRead(store.End))
        {
            records.Add(cursor.Record.ToArray());
        }

        return records;
    }

    /// <summary>Writes so many batches, with a pin that moves and records that are trimmed behind it.</summary>
    internal void Write(SimulatedDisk disk, int batches)
    {
        using var store = Open(disk);
        _taken = store.End;
        for (var i = 0; i < batches; i++)
        {
            var batch = Batch(store.End, 1 + (i % 4));
            _tried = Math.Max(_tried, batch.End);
            store.Append(batch);
            _taken = store.End;
            if (i % 5 == 4)
            {
                var before = store.End - 8;
                _pins.Add(before);
                store.SetPin("checkpoint", before);
                _pins.Clear();
                _pins.Add(before);
                _trimmed = before;
                store.Trim(before);
            }
        }
    }

    /// <summary>Opens what is left and checks that it has all that was taken, and no record that is not as it was written.</summary>
    internal void Check(SimulatedDisk disk)
    {
        using var store = Open(disk);
        Assert.InRange(store.End, _taken, _tried);
        Assert.InRange(store.First, 0, _trimmed);
        var records = ReadAll(store);
        Assert.Equal(store.End - store.First, records.Count);
        for (var i = 0; i < records.Count; i++)
        {
            Assert.Equal(Record(store.First + i), records[i]);
        }

        if (store.Pins.TryGetValue("checkpoint", out var pin))
        {
            Assert.Contains(pin, _pins);
        }
        else
        {
            Assert.True(_pins.Count <= 1 && _trimmed == 0, "The pin is gone.");
        }

        _taken = store.End;
        _tried = Math.Max(_tried, _taken);
    }
}
