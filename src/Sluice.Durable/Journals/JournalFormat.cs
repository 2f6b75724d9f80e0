using System.Buffers.Binary;
using System.Globalization;

namespace Sluice.Durable;

/// <summary>The bytes of a segment. <c>docs/journal.md</c> has them as tables.</summary>
internal static class JournalFormat
{
    internal const int SegmentHead = 64;
    internal const int BatchHead = JournalBatch.Head;
    internal const int RecordHead = JournalBatch.RecordHead;
    internal const string Extension = ".journal";
    internal const string NewSegment = "segment.new";

    private const int Version = 1;
    private const uint BatchMark = 0x48435442; // BTCH
    private const int Sector = 512;
    private const int LeastZeros = 8;

    private static ReadOnlySpan<byte> Mark => "SLJOURNL"u8;

    internal static string NameOf(long first) => first.ToString("D19", CultureInfo.InvariantCulture) + Extension;

    internal static bool TryNumberOf(string name, out long first)
    {
        first = -1;
        return name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out first) && NameOf(first) == name;
    }

    internal static byte[] HeadOf(Guid journal, long first)
    {
        var head = new byte[SegmentHead];
        Mark.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), Version);
        _ = journal.TryWriteBytes(head.AsSpan(16));
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(32), first);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(60), Checksum.Of(0, head.AsSpan(0, 60)));
        return head;
    }

    /// <summary>Reads and checks the head of a segment, which was durable before the file had its name.</summary>
    internal static Segment ReadHead(DiskFile file, long first)
    {
        Span<byte> head = stackalloc byte[SegmentHead];
        if (file.ReadAll(head, 0) < head.Length || !head.StartsWith(Mark) || BinaryPrimitives.ReadUInt32LittleEndian(head[60..]) != Checksum.Of(0, head[..60]))
        {
            throw new JournalDamagedException(file.Path, 0, "The head of a journal's segment is damaged");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        if (version > Version)
        {
            throw new NotSupportedException($"'{file.Path}' has format {version} of journals; this version of Sluice knows formats up to {Version}. Use the newer version that wrote it.");
        }

        return BinaryPrimitives.ReadInt64LittleEndian(head[32..]) == first
            ? new(first, new Guid(head[16..32]), BinaryPrimitives.ReadUInt32LittleEndian(head[60..]))
            : throw new JournalDamagedException(file.Path, 32, $"The segment begins with record {BinaryPrimitives.ReadInt64LittleEndian(head[32..])}, and its name says another number");
    }

    /// <summary>Fills in what the journal has left free: the head of the batch and the checksum of each record.</summary>
    internal static void Seal(JournalBatch batch, uint seed)
    {
        var bytes = batch.Bytes;
        var number = batch.First;
        for (var at = BatchHead; at < bytes.Length; number++)
        {
            var record = bytes.Slice(at, RecordHead + BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]));
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], OfRecord(seed, number, record));
            at += record.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes, BatchMark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], batch.Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], batch.First);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], bytes.Length - BatchHead);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], Checksum.Of(seed, bytes[..20]));
    }

    /// <summary>Reads the head of a batch.</summary>
    /// <returns>False: it is damaged, or no head.</returns>
    internal static bool TryReadBatch(ReadOnlySpan<byte> head, uint seed, out BatchSpan batch)
    {
        batch = new(BinaryPrimitives.ReadInt64LittleEndian(head[8..]), BinaryPrimitives.ReadInt32LittleEndian(head[4..]), BinaryPrimitives.ReadInt32LittleEndian(head[16..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(head) == BatchMark && BinaryPrimitives.ReadUInt32LittleEndian(head[20..]) == Checksum.Of(seed, head[..20]);
    }

    /// <summary>Returns whether the head of a batch is somewhere in these bytes: what comes before it was durable.</summary>
    internal static bool HasBatch(ReadOnlySpan<byte> bytes, uint seed)
    {
        Span<byte> mark = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, BatchMark);
        for (int at; (at = bytes.IndexOf(mark)) >= 0 && bytes.Length - at >= BatchHead; bytes = bytes[(at + 1)..])
        {
            if (TryReadBatch(bytes[at..], seed, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Checks a record with its head.</summary>
    internal static bool IsRecord(ReadOnlySpan<byte> record, uint seed, long number) => BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == OfRecord(seed, number, record);

    /// <summary>Returns whether the end of a file can be what a crash leaves of a batch that was being written and that no one relies on: a part that is
    /// zeros, since the disk writes sectors in any order. Where each sector has content, all were written, and something has changed them since.</summary>
    /// <param name="end">The bytes from the beginning of the batch to the end of the file.</param>
    /// <param name="offset">Where they are in the file.</param>
    internal static bool HasUnwrittenSector(ReadOnlySpan<byte> end, long offset)
    {
        for (var at = 0; at < end.Length;)
        {
            var part = end[at..Math.Min(end.Length, at + (int)(Sector - ((offset + at) % Sector)))];
            if (part.Length >= LeastZeros && !part.ContainsAnyExcept((byte)0))
            {
                return true;
            }

            at += part.Length;
        }

        return false;
    }

    private static uint OfRecord(uint seed, long number, ReadOnlySpan<byte> record) =>
        Checksum.Of(Checksum.Of(Checksum.Of(seed, (ulong)number), record[..4]), record[RecordHead..]);

    /// <summary>A segment by its head.</summary>
    /// <param name="First">The number of its first record.</param>
    /// <param name="Journal">The journal.</param>
    /// <param name="Seed">The checksum of its head, where all checksums in it begin: records of another segment are none here.</param>
    internal readonly record struct Segment(long First, Guid Journal, uint Seed);

    /// <summary>A batch by its head.</summary>
    internal readonly record struct BatchSpan(long First, int Count, int Length);
}
