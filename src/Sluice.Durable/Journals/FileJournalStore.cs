using System.Globalization;
using System.Text;

namespace Sluice.Durable;

/// <summary>A journal in a folder: segments, which are files that only grow, a file of pins, and a file that is locked while it is open.</summary>
/// <remarks>A batch is one write and one fsync. When one has failed, the store takes no more and the descriptor is closed as it is: what the system
/// has dropped of it is not known. Opening writes the last complete batch again, because a read may find it although it is not on the disk.</remarks>
internal sealed class FileJournalStore : JournalStore
{
    private const string LockName = "lock";

    private readonly Lock _lock = new();
    private readonly Disk _disk;
    private readonly string _folder;
    private readonly long _segmentSize;
    private readonly DiskFile _owner;
    private readonly JournalPins _pins;
    private readonly List<JournalFormat.Segment> _segments = []; // under the lock; the last one is written to
    private DiskFile _last; // the writer's
    private long _length; // the writer's
    private long _end; // the writer's; the journal passes it on
    private StoreState _state = StoreState.Open; // the writer's

    internal FileJournalStore(Disk disk, string folder, long segmentSize)
    {
        (_disk, _folder, _segmentSize) = (disk, Path.GetFullPath(folder), segmentSize);
        MakeFolder();
        _disk.RefuseNetwork(_folder, $"The journal '{_folder}'");
        _owner = Own();
        try
        {
            _disk.Delete(PathOf(JournalFormat.NewSegment));
            _disk.Delete(PathOf(JournalPins.NewName));
            _pins = new(_disk, _folder);
            ReadHeads();
            (_last, Repair) = _segments.Count == 0 ? (NewSegment(Guid.NewGuid(), 0), null) : Recovered();
            Id = _segments[0].Journal;
        }
        catch
        {
            _owner.Dispose();
            throw;
        }
    }

    private enum StoreState
    {
        Open,
        Failed,
        Closed,
    }

    public override Guid Id { get; }

    public override long First
    {
        get
        {
            lock (_lock)
            {
                return _segments[0].First;
            }
        }
    }

    public override long End => _end;

    public override string? Repair { get; }

    public override IReadOnlyDictionary<string, long> Pins
    {
        get
        {
            lock (_lock)
            {
                return _pins.All;
            }
        }
    }

    public override void Append(JournalBatch batch)
    {
        if (_state != StoreState.Open)
        {
            throw new InvalidOperationException($"The journal '{_folder}' is {(_state == StoreState.Closed ? "closed" : "failed: open it again")}.");
        }

        _state = StoreState.Failed; // until it has succeeded
        if (_length + batch.Bytes.Length > _segmentSize && _length > JournalFormat.SegmentHead)
        {
            _last.Dispose();
            _last = NewSegment(Id, _end);
        }

        JournalFormat.Seal(batch, _segments[^1].Seed);
        _last.Write(batch.Bytes, _length);
        _last.Sync();
        _length += batch.Bytes.Length;
        _end += batch.Count;
        _state = StoreState.Open;
    }

    public override JournalCursor Read(long number) => new FileJournalCursor(this, number);

    /// <summary>Opens the segment that holds a record.</summary>
    /// <returns>The file, the segment, and the number of the first record behind it; null if it is the last one.</returns>
    internal (DiskFile File, JournalFormat.Segment Segment, long? Next) OpenSegmentOf(long number)
    {
        lock (_lock)
        {
            var index = _segments.FindLastIndex(segment => segment.First <= number);
            if (index < 0)
            {
                throw new JournalPositionException(TrimmedText(number, _segments[0].First));
            }

            return (_disk.OpenToRead(PathOf(JournalFormat.NameOf(_segments[index].First))), _segments[index], NextOf(_segments[index].First));
        }
    }

    /// <summary>The number of the first record behind a segment; null if it is the last one, or has been trimmed.</summary>
    internal long? NextOf(long first)
    {
        lock (_lock)
        {
            var index = _segments.FindIndex(segment => segment.First == first);
            return index >= 0 && index + 1 < _segments.Count ? _segments[index + 1].First : null;
        }
    }

    public override void Trim(long before)
    {
        lock (_lock)
        {
            var trimmed = 0;
            while (_segments.Count > 1 && _segments[1].First <= before)
            {
                _disk.Delete(PathOf(JournalFormat.NameOf(_segments[0].First))); // the oldest first: a crash leaves no gap
                _segments.RemoveAt(0);
                trimmed++;
            }

            if (trimmed > 0)
            {
                _disk.SyncFolder(_folder);
            }
        }
    }

    public override void SetPin(string name, long? number)
    {
        lock (_lock)
        {
            _pins.Set(name, number);
        }
    }

    internal static string TrimmedText(long number, long first) =>
        $"The journal cannot be read from record {number}: records before {first} were trimmed. A pin keeps the records of a position that will be needed.";

    protected override void Dispose(bool disposing)
    {
        _state = StoreState.Closed;
        _last.Dispose();
        _owner.Dispose(); // the lock is free when nothing is written any more
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void MakeFolder()
    {
        if (_disk.FolderExists(_folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(_folder)!;
        if (!_disk.FolderExists(parent))
        {
            throw new DirectoryNotFoundException($"There is no folder '{parent}' for the journal '{_folder}'. Make the folder, or mount what it is on, and start again.");
        }

        _disk.CreateFolder(_folder);
        _disk.SyncFolder(parent);
    }

    private DiskFile Own()
    {
        if (_disk.TryOpenLocked(PathOf(LockName)) is { } file)
        {
            try
            {
                file.SetLength(0);
                file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        throw new FileInUseException(_folder, OwnerIn(PathOf(LockName)), "End it first, or give this journal another folder: two writers would mix their records.");
    }

    /// <summary>The process in the file of the lock; null where another system does not let it be read.</summary>
    private int? OwnerIn(string path)
    {
        try
        {
            using var file = _disk.OpenToRead(path);
            Span<byte> text = stackalloc byte[16];
            return int.TryParse(Encoding.ASCII.GetString(text[..file.ReadAll(text, 0)]), NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void ReadHeads()
    {
        foreach (var first in _disk.FilesIn(_folder).Where(static name => JournalFormat.TryNumberOf(name, out _)).Select(NumberOf).Order())
        {
            using var file = _disk.OpenToRead(PathOf(JournalFormat.NameOf(first)));
            var segment = JournalFormat.ReadHead(file, first);
            if (_segments.Count > 0 && segment.Journal != _segments[0].Journal)
            {
                throw new JournalDamagedException(file.Path, 16, "The segment belongs to another journal than the first one in the folder");
            }

            _segments.Add(segment);
        }

        if (_segments.Count == 0 && _pins.All.Count > 0)
        {
            throw new JournalDamagedException(PathOf(JournalPins.Name), 0, $"The folder has pins ({string.Join(", ", _pins.All.Keys)}), but no segment");
        }

        static long NumberOf(string name) => JournalFormat.TryNumberOf(name, out var first) ? first : throw new InvalidOperationException(name);
    }

    /// <summary>Makes the next segment. Its head is durable before it has its name, so a named one is never without.</summary>
    private DiskFile NewSegment(Guid journal, long first)
    {
        var head = JournalFormat.HeadOf(journal, first);
        var file = ReplacedFile.Write(_disk, PathOf(JournalFormat.NameOf(first)), PathOf(JournalFormat.NewSegment), head);
        lock (_lock)
        {
            _segments.Add(JournalFormat.ReadHead(file, first));
        }

        (_length, _end) = (head.Length, first);
        return file;
    }

    /// <summary>Opens the last segment behind its last complete batch.</summary>
    private (DiskFile File, string? Repair) Recovered()
    {
        string? repair = null;
        var segment = _segments[^1];
        var file = _disk.OpenToWrite(PathOf(JournalFormat.NameOf(segment.First)));
        try
        {
            var scan = SegmentScan.Of(file, segment);
            if (scan.Torn > 0)
            {
                repair = $"The last {scan.Torn} bytes of '{file.Path}', from byte {scan.Length} on, were a batch that had not been written completely when the journal ended. They were removed; no record in them had been acknowledged.";
                file.SetLength(scan.Length);
            }

            WriteAgain(file, scan);
            _disk.SyncFolder(_folder);
            (_length, _end) = (scan.Length, scan.Next);
            return (file, repair);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes the same bytes to the same place: what the disk has of them already stays as it is.</summary>
    private static void WriteAgain(DiskFile file, SegmentScan scan)
    {
        var batch = new byte[scan.Length - scan.LastBatch];
        _ = file.ReadAll(batch, scan.LastBatch);
        file.Write(batch, scan.LastBatch);
        file.Sync();
    }
}
