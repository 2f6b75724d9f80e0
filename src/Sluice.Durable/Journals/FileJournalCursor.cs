using System.Buffers.Binary;

namespace Sluice.Durable;

/// <summary>Reads a journal in files, from one segment into the next.</summary>
internal sealed class FileJournalCursor : JournalCursor
{
    private readonly FileJournalStore _store;
    private DiskFile _file;
    private DiskWindow _window;
    private JournalFormat.Segment _segment;
    private long? _nextSegment; // null: it was the last one when this was asked
    private long _offset = JournalFormat.SegmentHead;
    private long _number; // of the record at the offset
    private long _batchEnd; // the number behind the last record of this batch
    private long _batchEndOffset = JournalFormat.SegmentHead;
    private long _seen; // the window was filled when records before this were durable
    private ReadOnlyMemory<byte> _record;

    internal FileJournalCursor(FileJournalStore store, long number)
    {
        _store = store;
        (_file, _segment, _nextSegment) = store.OpenSegmentOf(number);
        (_window, _number, _batchEnd) = (new(_file), _segment.First, _segment.First);
        try
        {
            SkipTo(number);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public override ReadOnlyMemory<byte> Record => _record;

    public override bool TryRead(long end)
    {
        if (_number >= end)
        {
            return false;
        }

        Refresh(end);
        if (_number == _batchEnd)
        {
            OpenBatch();
        }

        _record = ReadRecord();
        return true;
    }

    protected override void Dispose(bool disposing) => _file.Dispose();

    /// <summary>Goes to a record, or to where the next one will be.</summary>
    private void SkipTo(long number)
    {
        while (_number < number)
        {
            OpenBatch();
            if (_batchEnd <= number)
            {
                (_number, _offset) = (_batchEnd, _batchEndOffset);
                continue;
            }

            while (_number < number)
            {
                _ = ReadRecord();
            }
        }
    }

    /// <summary>What lay behind the durable records when the window was filled may have been written since.</summary>
    private void Refresh(long end)
    {
        if (_number >= _seen)
        {
            _window.Clear();
            _seen = end;
        }
    }

    private void OpenBatch()
    {
        _nextSegment ??= _store.NextOf(_segment.First);
        if (_number == _nextSegment)
        {
            OpenNextSegment();
        }

        var head = _window.At(_offset, JournalFormat.BatchHead).Span;
        if (head.Length < JournalFormat.BatchHead)
        {
            throw _store.First > _number
                ? new JournalPositionException(FileJournalStore.TrimmedText(_number, _store.First)) // while it was read
                : new JournalDamagedException(_file.Path, _offset, $"The segment ends before record {_number}");
        }

        if (!JournalFormat.TryReadBatch(head, _segment.Seed, out var batch) || batch.First != _number)
        {
            throw new JournalDamagedException(_file.Path, _offset, $"The head of the batch with record {_number} is damaged");
        }

        _offset += JournalFormat.BatchHead;
        (_batchEnd, _batchEndOffset) = (batch.First + batch.Count, _offset + batch.Length);
    }

    private void OpenNextSegment()
    {
        var (file, segment, next) = _store.OpenSegmentOf(_number);
        _file.Dispose();
        (_file, _window, _segment, _nextSegment) = (file, new(file), segment, next);
        (_offset, _batchEndOffset) = (JournalFormat.SegmentHead, JournalFormat.SegmentHead);
    }

    private ReadOnlyMemory<byte> ReadRecord()
    {
        var head = _window.At(_offset, JournalFormat.RecordHead).Span;
        var length = head.Length < JournalFormat.RecordHead ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > _batchEndOffset - _offset - JournalFormat.RecordHead)
        {
            throw Damaged();
        }

        var record = _window.At(_offset, JournalFormat.RecordHead + (int)length);
        if (record.Length < JournalFormat.RecordHead + (int)length || !JournalFormat.IsRecord(record.Span, _segment.Seed, _number))
        {
            throw Damaged();
        }

        _offset += record.Length;
        _number++;
        return record[JournalFormat.RecordHead..];
    }

    private JournalDamagedException Damaged() => new(_file.Path, _offset, $"Record {_number} is damaged");
}
