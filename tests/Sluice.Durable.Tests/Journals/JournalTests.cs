using Microsoft.Extensions.Time.Testing;
using Sluice.Tests;

namespace Sluice.Durable;

public sealed class JournalTests
{
    private static readonly JournalOptions s_atOnce = new() { FlushInterval = TimeSpan.Zero };

    [Fact]
    public async Task A_record_counts_as_taken_when_the_store_has_it()
    {
        var store = new HandStore();
        await using var journal = Journal.Open(store, s_atOnce);

        var position = await journal.WriteAsync(new byte[] { 1 });
        var flushed = journal.FlushedAsync(position);
        Assert.Equal(0, journal.End.Number);
        Assert.False(flushed.IsCompleted);
        store.Allow();
        await Wait.For(flushed);

        Assert.Equal(position, journal.End);
        store.Allow();
        Assert.True(await Wait.For(journal.AppendAsync(new byte[] { 2 }).AsTask()) > position);
    }

    [Fact]
    public async Task Records_are_written_together_after_a_time_a_number_or_when_asked()
    {
        var clock = new FakeTimeProvider();
        var store = new HandStore();
        store.Allow(9);
        await using var journal = Journal.Open(store, new() { FlushInterval = TimeSpan.FromSeconds(1), FlushCount = 5, TimeProvider = clock });

        var last = await Write(journal, 3);
        clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(store.Batches);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Wait.For(journal.FlushedAsync(last));
        await Wait.For(journal.FlushedAsync(await Write(journal, 5)));
        await Write(journal, 2);
        await Wait.For(journal.FlushAsync());

        Assert.Equal([3, 5, 2], store.Batches);
        Assert.Equal(10, journal.End.Number);
    }

    [Fact]
    public async Task A_writer_waits_while_the_batch_is_full()
    {
        var store = new HandStore();
        await using var journal = Journal.Open(store, s_atOnce with { MaxBatchSize = 1024 });
        await journal.WriteAsync(new byte[900]);
        await Wait.Until(() => store.Batches.Count == 1, "the first batch");
        await journal.WriteAsync(new byte[900]);

        var third = journal.WriteAsync(new byte[900]);
        Assert.False(third.IsCompleted);
        using var cancel = new CancellationTokenSource();
        var fourth = journal.WriteAsync(new byte[900], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => fourth);
        store.Allow(9);

        Assert.Equal(3, (await Wait.For(third.AsTask())).Number);
        await Wait.For(journal.FlushAsync());
        Assert.Equal([1, 1, 1], store.Batches);
    }

    [Fact]
    public async Task A_reader_follows_and_is_told_of_new_records()
    {
        var store = new HandStore();
        await using var journal = Journal.Open(store, s_atOnce);
        using var reader = journal.Read(journal.Start);
        Assert.False(reader.TryRead());
        var more = reader.WaitAsync();
        Assert.False(more.IsCompleted);

        await journal.WriteAsync(new byte[] { 7 });
        Assert.False(reader.TryRead()); // it is not durable
        store.Allow();
        Assert.True(await Wait.For(more.AsTask()));
        Assert.True(reader.TryRead());
        Assert.Equal([7], reader.Record.ToArray());
        Assert.Equal(journal.End, reader.Position);
        Assert.False(reader.TryRead());

        var end = reader.WaitAsync().AsTask();
        await Wait.For(journal.DisposeAsync());
        Assert.False(await Wait.For(end));
    }

    [Fact]
    public async Task Hole_16_A_failure_reaches_all_who_wait_and_nothing_is_tried_again()
    {
        var store = new HandStore { Failure = new IOException("The disk is on fire.") };
        var journal = Journal.Open(store, s_atOnce with { MaxBatchSize = 1024 });
        using var reader = journal.Read(journal.Start);
        var more = reader.WaitAsync().AsTask();
        var first = journal.AppendAsync(new byte[900]).AsTask();
        await Wait.Until(() => store.Batches.Count == 1, "the first batch");
        var second = journal.AppendAsync(new byte[900]).AsTask();
        var third = journal.AppendAsync(new byte[900]).AsTask();
        store.Allow(9);

        foreach (var task in (Task[])[first, second, third, more, journal.DisposeAsync().AsTask()])
        {
            Assert.Contains("on fire", (await Assert.ThrowsAsync<IOException>(() => Wait.For(task))).Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<IOException>(async () => await journal.WriteAsync(new byte[1]));
        Assert.Equal([1], store.Batches);
        Assert.True(store.IsClosed);
        await Wait.For(journal.AbandonAsync());
    }

    [Fact]
    public async Task The_end_writes_what_is_left_and_an_abandoned_journal_does_not()
    {
        var clock = new FakeTimeProvider();
        var (ended, abandoned) = (new HandStore(), new HandStore());
        ended.Allow();
        var journal = Journal.Open(ended, new() { TimeProvider = clock });
        var flushed = journal.FlushedAsync(await Write(journal, 2));
        await Wait.For(journal.DisposeAsync());
        await Wait.For(flushed);
        Assert.Equal([2], ended.Batches);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.WriteAsync(new byte[1]));
        await Wait.For(journal.DisposeAsync());

        var other = Journal.Open(abandoned, new() { TimeProvider = clock });
        var waits = other.FlushedAsync(await Write(other, 2));
        await Wait.For(other.AbandonAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Wait.For(waits));
        Assert.Empty(abandoned.Batches);
        Assert.True(ended.IsClosed && abandoned.IsClosed);
        await Wait.For(other.DisposeAsync());
    }

    [Fact]
    public async Task Positions_are_exact_and_stay_so()
    {
        using var folder = new TemporaryFolder();
        var positions = new List<JournalPosition>();
        await using (var journal = Journal.Open(folder.PathOf("j"), s_atOnce with { SegmentSize = 4096 }))
        {
            positions.Add(journal.Start);
            for (var i = 0; i < 200; i++)
            {
                positions.Add(await journal.WriteAsync(JournalStory.Record(i)));
            }
        }

        await using var again = Journal.Open(folder.PathOf("j"), s_atOnce);
        Assert.Equal(positions[^1], again.End);
        for (var i = 0; i < positions.Count; i++)
        {
            using var reader = again.Read(JournalPosition.FromBytes(positions[i].ToBytes()));
            Assert.Equal(i < 200, reader.TryRead());
            if (i < 200)
            {
                Assert.Equal(JournalStory.Record(i), reader.Record.ToArray());
                Assert.Equal(positions[i + 1], reader.Position);
            }
        }
    }

    [Fact]
    public async Task Hole_22_Trimming_keeps_what_a_pin_names()
    {
        using var folder = new TemporaryFolder();
        JournalPosition early, late;
        await using (var journal = Journal.Open(folder.PathOf("j"), s_atOnce with { SegmentSize = 4096 }))
        {
            early = await Filled(journal, 100);
            late = await Filled(journal, 100);
            journal.Pin("before-upgrade", early);
        }

        await using var again = Journal.Open(folder.PathOf("j"), s_atOnce with { SegmentSize = 4096 });
        using var behind = again.Read(again.Start);
        Assert.True(behind.TryRead());
        Assert.Equal(early, again.Pins["before-upgrade"]);
        again.Trim(late);
        Assert.InRange(again.Start.Number, 1, early.Number);
        using (var reader = again.Read(early))
        {
            Assert.True(reader.TryRead());
            Assert.Equal(JournalStory.Record(100), reader.Record.ToArray());
        }

        again.Unpin("before-upgrade");
        again.Trim(late);
        Assert.InRange(again.Start.Number, early.Number + 1, late.Number);
        Assert.Contains("trimmed", Assert.Throws<JournalPositionException>(() => again.Read(early)).Message, StringComparison.Ordinal);
        Assert.Contains("trimmed", Assert.Throws<JournalPositionException>(() => again.Pin("late", early)).Message, StringComparison.Ordinal);
        Assert.Contains("trimmed", Assert.Throws<JournalPositionException>(() => { while (behind.TryRead()) { } }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_of_another_journal_or_behind_the_end_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var journal = Journal.Open(folder.PathOf("a"), s_atOnce);
        await using var other = Journal.Open(folder.PathOf("b"), s_atOnce);

        Assert.Contains("another journal", Assert.Throws<JournalPositionException>(() => journal.Read(other.Start)).Message, StringComparison.Ordinal);
        Assert.Contains("5 records", Assert.Throws<JournalPositionException>(() => journal.Read(journal.PositionOf(5))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => journal.Start < other.Start);
        Assert.Throws<FormatException>(() => JournalPosition.FromBytes(new byte[25]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.WriteAsync(new byte[JournalOptions.MaxRecordSize + 1]));
    }

    [Fact]
    public async Task A_folder_that_is_missing_in_use_or_on_the_network_is_a_clear_error()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(folder.PathOf("no"), Assert.Throws<DirectoryNotFoundException>(() => Journal.Open(folder.PathOf("no/j"))).Message, StringComparison.Ordinal);
        await using var journal = Journal.Open(folder.PathOf("j"));
        var error = Assert.Throws<FileInUseException>(() => Journal.Open(folder.PathOf("j")));
        Assert.Equal((folder.PathOf("j"), Environment.ProcessId), (error.Path, error.ProcessId));

        var disk = JournalStory.NewDisk();
        disk.NetworkName = LinuxFiles.NetworkNameOf(0x6969);
        Assert.Contains("NFS", Assert.Throws<NotSupportedException>(() => JournalStory.Open(disk)).Message, StringComparison.Ordinal);
        Assert.Null(LinuxFiles.NetworkNameOf(LinuxFiles.FileSystemKindOf(folder.PathOf(""))));
    }

    [Fact]
    public async Task Writing_allocates_nothing_for_each_record()
    {
        var store = new HandStore();
        store.Allow(9);
        await using var journal = Journal.Open(store, new() { MaxBatchSize = 64 << 20, TimeProvider = new FakeTimeProvider() });
        var record = new byte[100];
        for (var round = 0; round < 2; round++) // both batches have their memory
        {
            for (var i = 0; i < 10_000; i++)
            {
                await journal.WriteAsync(record);
            }

            await Wait.For(journal.FlushAsync());
        }

        Assert.Equal(0, await AllocatedAsync(journal, record));
    }

    /// <summary>The bytes of writes that all complete at once, so on this thread.</summary>
    private static async ValueTask<long> AllocatedAsync(Journal journal, byte[] record)
    {
        await journal.WriteAsync(record);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5_000; i++)
        {
            await journal.WriteAsync(record);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Task<JournalPosition> Write(Journal journal, int count)
    {
        JournalPosition position = default;
        for (var i = 0; i < count; i++)
        {
            position = await journal.WriteAsync(new byte[] { 1 });
        }

        return position;
    }

    private static async Task<JournalPosition> Filled(Journal journal, int count)
    {
        var position = journal.End;
        for (var i = 0; i < count; i++)
        {
            position = await journal.AppendAsync(JournalStory.Record(position.Number));
        }

        return position;
    }
}
