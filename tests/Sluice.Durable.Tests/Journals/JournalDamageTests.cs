using Sluice.Tests;

namespace Sluice.Durable;

public sealed class JournalDamageTests
{
    [Fact]
    public void A_tail_that_is_cut_off_at_any_byte_is_removed_and_said_once()
    {
        var (disk, lengths, path) = Written(3, 3, 3);
        var whole = disk.ContentOf(path);
        for (var length = lengths[1]; length <= whole.Length; length++)
        {
            disk.Overwrite(path, whole[..length]);
            var isWhole = length == lengths[1] || length == whole.Length;
            using (var store = JournalStory.Open(disk))
            {
                Assert.Equal(length == whole.Length ? 9 : 6, JournalStory.ReadAll(store).Count);
                Assert.Equal(isWhole, store.Repair is null);
                if (!isWhole)
                {
                    Assert.Contains($"The last {length - lengths[1]} bytes of '{path}', from byte {lengths[1]} on", store.Repair, StringComparison.Ordinal);
                }
            }

            using var again = JournalStory.Open(disk);
            Assert.Null(again.Repair);
            again.Append(JournalStory.Batch(again.End, 1));
            Assert.Equal(again.End, JournalStory.ReadAll(again).Count);
        }
    }

    [Fact]
    public void A_tail_with_sectors_that_were_not_written_is_removed()
    {
        var (disk, lengths, path) = Written(3, 3, 12);
        var whole = disk.ContentOf(path);
        for (var sector = (lengths[1] / 512) + 1; (sector + 1) * 512 < whole.Length; sector++)
        {
            var torn = whole.ToArray();
            torn.AsSpan(sector * 512, 512).Clear();
            disk.Overwrite(path, torn);

            using var store = JournalStory.Open(disk);
            Assert.Equal(6, JournalStory.ReadAll(store).Count);
            Assert.NotNull(store.Repair);
        }
    }

    /// <summary>Nothing is taken for the trace of a crash that is none: in the middle, in the last batch, in heads and in lengths.</summary>
    [Fact]
    public void A_bit_that_has_changed_anywhere_is_an_error_that_says_where()
    {
        var (disk, _, path) = Written(3, 3, 3);
        var whole = disk.ContentOf(path);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= (byte)(1 << (i % 8));
            disk.Overwrite(path, damaged);

            var error = Assert.Throws<JournalDamagedException>(() => Read(disk));
            Assert.Equal(path, error.File);
            Assert.InRange(error.Offset, i < 64 ? 0 : Math.Max(0, i - 400), i);
            Assert.Equal(damaged, disk.ContentOf(path));
        }
    }

    [Fact]
    public void A_damaged_record_of_an_earlier_segment_is_found_when_it_is_read()
    {
        var (disk, _, _) = Written([.. Enumerable.Repeat(5, 12)]);
        var path = Segments(disk)[0];
        var damaged = disk.ContentOf(path);
        damaged[500] ^= 4;
        disk.Overwrite(path, damaged);

        using var store = JournalStory.Open(disk);
        var error = Assert.Throws<JournalDamagedException>(() => JournalStory.ReadAll(store));
        Assert.Equal(path, error.File);
        Assert.InRange(error.Offset, 100, 500);
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_that_is_cut_off_or_gone_in_the_middle_is_an_error()
    {
        var (disk, _, _) = Written([.. Enumerable.Repeat(5, 12)]);
        var paths = Segments(disk);
        Assert.InRange(paths.Length, 3, 9);
        disk.Overwrite(paths[0], disk.ContentOf(paths[0])[..^1]);
        Assert.Throws<JournalDamagedException>(() => Read(disk));

        disk.Delete(paths[1]);
        var error = Assert.Throws<JournalDamagedException>(() => Read(disk));
        Assert.Equal(paths[0], error.File);
    }

    [Fact]
    public void A_segment_of_another_journal_and_pins_without_segments_are_errors()
    {
        var (disk, _, path) = Written(1);
        var (other, _, _) = Written([.. Enumerable.Repeat(5, 12)]);
        var foreign = Segments(other)[1];
        disk.Create(foreign).Dispose();
        disk.Overwrite(foreign, other.ContentOf(foreign));
        Assert.Contains("another journal", Assert.Throws<JournalDamagedException>(() => Read(disk)).Message, StringComparison.Ordinal);

        disk.Delete(foreign);
        using (var store = JournalStory.Open(disk))
        {
            store.SetPin("before-upgrade", 0);
        }

        disk.Delete(path);
        Assert.Contains("before-upgrade", Assert.Throws<JournalDamagedException>(() => Read(disk)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_pins_are_an_error_and_a_format_of_later_is_refused()
    {
        var (disk, _, path) = Written(1);
        using (var store = JournalStory.Open(disk))
        {
            store.SetPin("before-upgrade", 1);
        }

        const string Pins = $"{JournalStory.Folder}/pins";
        var pins = disk.ContentOf(Pins);
        for (var i = 0; i < pins.Length; i++)
        {
            var damaged = pins.ToArray();
            damaged[i] ^= 1;
            disk.Overwrite(Pins, damaged);
            Assert.Equal(Pins, Assert.Throws<JournalDamagedException>(() => Read(disk)).File);
        }

        disk.Overwrite(Pins, pins);
        var head = disk.ContentOf(path);
        head[8] = 2;
        BitConverter.TryWriteBytes(head.AsSpan(60), Checksum.Of(0, head.AsSpan(0, 60)));
        disk.Overwrite(path, head);
        Assert.Contains("format 2", Assert.Throws<NotSupportedException>(() => Read(disk)).Message, StringComparison.Ordinal);
    }

    /// <summary>The test vector of RFC 3720, section B.4, and of the usual check.</summary>
    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        Assert.Equal(0xE3069283u, Checksum.Of(0, "123456789"u8));
        Assert.Equal(0xE3069283u, Checksum.Of(Checksum.Of(0, "1234"u8), "56789"u8));
        Assert.Equal(0x8A9136AAu, Checksum.Of(0, new byte[32]));
        Assert.Equal(Checksum.Of(7, BitConverter.GetBytes(99UL)), Checksum.Of(7, 99UL));
    }

    private static void Read(SimulatedDisk disk)
    {
        using var store = JournalStory.Open(disk);
        _ = JournalStory.ReadAll(store);
    }

    private static string[] Segments(SimulatedDisk disk) =>
        [.. disk.FilesIn(JournalStory.Folder).Where(static name => name.EndsWith(".journal", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(static name => $"{JournalStory.Folder}/{name}")];

    /// <summary>A journal with batches of so many records, and the length of its first segment after each.</summary>
    private static (SimulatedDisk Disk, int[] Lengths, string Path) Written(params int[] batches)
    {
        var disk = JournalStory.NewDisk();
        var lengths = new List<int>();
        using var store = JournalStory.Open(disk);
        var path = Segments(disk)[0];
        foreach (var count in batches)
        {
            store.Append(JournalStory.Batch(store.End, count));
            lengths.Add(disk.ContentOf(path).Length);
        }

        return (disk, [.. lengths], path);
    }
}
