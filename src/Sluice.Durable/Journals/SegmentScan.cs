using System.Buffers.Binary;

namespace Sluice.Durable;

/// <summary>Finds the end of the last segment of a journal, after a crash or an orderly end.</summary>
/// <remarks>A batch is written when the one before is durable. So only the last one can be incomplete, and only the last one can be complete without
/// being durable.</remarks>
internal sealed class SegmentScan
{
    private readonly DiskFile _file;
    private readonly DiskWindow _window;
    private readonly JournalFormat.Segment _segment;
    private readonly long _fileLength;

    private SegmentScan(DiskFile file, JournalFormat.Segment segment)
    {
        (_file, _window, _segment, _fileLength) = (file, new(file), segment, file.Length);
        (Length, LastBatch, Next) = (JournalFormat.SegmentHead, JournalFormat.SegmentHead, segment.First);
    }

    /// <summary>The place where the last complete batch ends.</summary>
    internal long Length { get; private set; }

    /// <summary>The place where the last complete batch begins; that of its end if there is none.</summary>
    internal long LastBatch { get; private set; }

    /// <summary>The number of the next record.</summary>
    internal long Next { get; private set; }

    /// <summary>How many bytes of an incomplete batch come behind.</summary>
    internal long Torn => _fileLength - Length;

    /// <exception cref="JournalDamagedException">Thrown: a batch is damaged, and that is no trace of a crash.</exception>
    internal static SegmentScan Of(DiskFile file, JournalFormat.Segment segment)
    {
        var scan = new SegmentScan(file, segment);
        while (scan.TryPass())
        {
        }

        return scan;
    }

    private bool TryPass()
    {
        var head = _window.At(Length, JournalFormat.BatchHead).Span;
        if (head.Length < JournalFormat.BatchHead)
        {
            return false; // incomplete, or nothing
        }

        if (!JournalFormat.TryReadBatch(head, _segment.Seed, out var batch))
        {
            RefuseUnlessTorn("The head of a batch is damaged", Length);
            return false;
        }

        if (batch.First != Next)
        {
            throw new JournalDamagedException(_file.Path, Length, $"A batch begins with record {batch.First}, where record {Next} belongs");
        }

        var size = JournalFormat.BatchHead + batch.Length;
        if (_fileLength - Length < size)
        {
            return false;
        }

        if (FirstDamaged(_window.At(Length, size).Span, batch) is { } damaged)
        {
            RefuseUnlessTorn($"Record {damaged.Number} is damaged", Length + damaged.Offset);
            return false;
        }

        (LastBatch, Length, Next) = (Length, Length + size, Next + batch.Count);
        return true;
    }

    private (long Number, int Offset)? FirstDamaged(ReadOnlySpan<byte> bytes, JournalFormat.BatchSpan batch)
    {
        var at = JournalFormat.BatchHead;
        for (var number = batch.First; number < batch.First + batch.Count; number++)
        {
            var size = bytes.Length - at < JournalFormat.RecordHead ? -1 : JournalFormat.RecordHead + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
            if (size < 0 || size > bytes.Length - at || !JournalFormat.IsRecord(bytes.Slice(at, (int)size), _segment.Seed, number))
            {
                return (number, at);
            }

            at += (int)size;
        }

        return null;
    }

    /// <summary>A batch that a crash has cut off is the last one, and a part of it has not been written.</summary>
    private void RefuseUnlessTorn(string what, long offset)
    {
        var end = new byte[_fileLength - Length];
        _ = _file.ReadAll(end, Length);
        if (JournalFormat.HasBatch(end.AsSpan(JournalFormat.BatchHead), _segment.Seed) || !JournalFormat.HasUnwrittenSector(end, Length))
        {
            throw new JournalDamagedException(_file.Path, offset, what);
        }
    }
}
