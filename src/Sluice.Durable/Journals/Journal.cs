using System.Diagnostics;

namespace Sluice.Durable;

/// <summary>A durable log of records: what has come in before anything is done with it, so that it can be read again after a crash.</summary>
/// <remarks><para>Records are written in batches, with one fsync for each batch. A record counts as taken when that has succeeded, which
/// <see cref="FlushedAsync"/> waits for. Readers see no record before.</para>
/// <para>A write or an fsync that fails fails the journal: nothing is tried again, all that waits has the error, and a journal that is opened again goes on
/// behind the last batch that is complete.</para>
/// <para>At a crash of the process or the machine nothing is lost that counts as taken. Records that were not may be there or not.</para>
/// <para>Thread safety: all members may be called by several threads at once. A thread of its own writes.</para></remarks>
public sealed partial class Journal : IAsyncDisposable
{
    private readonly JournalStore _store;
    private readonly JournalOptions _options;
    private readonly Thread _writer;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _trimming = new(); // held while pins are compared, segments deleted, and the store is closed; taken before the gate
    private readonly object _gate = new(); // guards all that follows; the writer waits at it
    private JournalState _state = JournalState.Open;
    private JournalBatch _filling = new();
    private JournalBatch _writing = new(); // the writer's while it writes
    private bool _isDue;
    private long _durableEnd;
    private Exception? _failure;
    private TaskCompletionSource? _room; // while someone waits for room in the batch
    private TaskCompletionSource? _grown; // while a reader waits for records

    private Journal(JournalStore store, JournalOptions options)
    {
        (_store, _options) = (store, options);
        _durableEnd = store.End;
        _filling.Begin(_durableEnd);
        _writing.Begin(_durableEnd);
        _timer = options.TimeProvider.CreateTimer(static journal => ((Journal)journal!).SetDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _writer = new(WriteBatches) { IsBackground = true, Name = "Sluice journal" };
        _writer.Start();
    }

    /// <summary>The states of a journal; <c>docs/journal.md</c> has what leads from one to another.</summary>
    private enum JournalState
    {
        Open,
        Ending,
        Abandoned,
        Failed,
        Closed,
    }

    /// <summary>The position of the oldest record that is kept.</summary>
    public JournalPosition Start => new(_store.Id, _store.First);

    /// <summary>The position behind the last record that is durable.</summary>
    public JournalPosition End => new(_store.Id, DurableEnd);

    /// <summary>The traces of a crash that were removed when it was opened, as a sentence; null if there were none. The next opening says nothing of them.</summary>
    public string? Repair => _store.Repair;

    internal long DurableEnd
    {
        get
        {
            lock (_gate)
            {
                return _durableEnd;
            }
        }
    }

    /// <summary>Opens the journal in a folder, and makes it if there is none.</summary>
    /// <param name="folder">The folder, of which all is the journal's. The folder above it must be there.</param>
    /// <param name="options">When it writes; null for the defaults.</param>
    /// <returns>The journal, behind its last durable record. Reads the last segment, so it blocks for about a tenth of a second.</returns>
    /// <exception cref="DirectoryNotFoundException">Thrown: the folder above it is not there.</exception>
    /// <exception cref="FileInUseException">Thrown: another process has it open; it names the process.</exception>
    /// <exception cref="JournalDamagedException">Thrown: it is damaged where that is no trace of a crash.</exception>
    /// <exception cref="NotSupportedException">Thrown: the folder is on a network file system, or the journal was written by a newer version.</exception>
    public static Journal Open(string folder, JournalOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Open(new FileJournalStore(Disk.Local, folder, (options ?? new()).SegmentSize), options);
    }

    /// <summary>Makes a journal of a store, which is its own from now on.</summary>
    /// <param name="store">The store, open.</param>
    /// <param name="options">When it writes; null for the defaults.</param>
    /// <returns>The journal.</returns>
    public static Journal Open(JournalStore store, JournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new(store, options ?? new());
    }

    /// <summary>Gives a record to the next batch. Waits only while that is full; else it completes at once and allocates nothing.</summary>
    /// <param name="record">The record, at most <see cref="JournalOptions.MaxRecordSize"/> bytes; it is copied.</param>
    /// <param name="cancellation">Ends the wait for room; the record is not taken then.</param>
    /// <returns>The position behind the record. The record is not durable yet: see <see cref="FlushedAsync"/>.</returns>
    /// <exception cref="ArgumentException">Thrown: the record is too large.</exception>
    /// <exception cref="IOException">Awaited or thrown, also as another type that the store raises: the journal has failed.</exception>
    /// <exception cref="ObjectDisposedException">Awaited or thrown: the journal is closed.</exception>
    public ValueTask<JournalPosition> WriteAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation = default)
    {
        if (record.Length > JournalOptions.MaxRecordSize)
        {
            throw new ArgumentException($"A record of {record.Length} bytes is too large for a journal: {JournalOptions.MaxRecordSize} are allowed. Divide it.", nameof(record));
        }

        return TryTake(record.Span, out var position, out _) ? new(position) : new(WriteWhenThereIsRoomAsync(record, cancellation));
    }

    /// <summary>Gives a record to the next batch and waits until it is durable.</summary>
    /// <param name="record">The record; it is copied.</param>
    /// <param name="cancellation">Ends the wait. If the record was taken before, it may become durable all the same.</param>
    /// <returns>The position behind the record.</returns>
    /// <inheritdoc cref="WriteAsync" path="/exception"/>
    public async ValueTask<JournalPosition> AppendAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation = default)
    {
        var position = await WriteAsync(record, cancellation).ConfigureAwait(false);
        await FlushedAsync(position, cancellation).ConfigureAwait(false);
        return position;
    }

    /// <summary>Waits until all records before a position are durable. It does not write earlier for that: see <see cref="FlushAsync"/>.</summary>
    /// <param name="position">A position that <see cref="WriteAsync"/> gave.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A task that completes when they are durable. Those who wait for one batch share it.</returns>
    /// <exception cref="IOException">Awaited, also as another type that the store raises: the journal has failed; the records may be durable or not.</exception>
    /// <exception cref="ObjectDisposedException">Awaited or thrown: the journal was abandoned before.</exception>
    /// <exception cref="JournalPositionException">Thrown: the position is of another journal, or was not given yet.</exception>
    public Task FlushedAsync(JournalPosition position, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            Check(position, _filling.End);
            if (position.Number <= _durableEnd)
            {
                return Task.CompletedTask;
            }

            ThrowIfOver(JournalState.Ending);
            var batch = position.Number <= _filling.First ? _writing : _filling;
            batch.Durable ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return batch.Durable.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Writes what has come so far without a wait for more.</summary>
    /// <param name="cancellation">Ends the wait; it is written all the same.</param>
    /// <returns>A task that completes when all records that were written before the call are durable.</returns>
    /// <inheritdoc cref="FlushedAsync" path="/exception"/>
    public Task FlushAsync(CancellationToken cancellation = default)
    {
        JournalPosition end;
        lock (_gate)
        {
            end = new(_store.Id, _filling.End);
            BecomeDue();
        }

        return FlushedAsync(end, cancellation);
    }

    /// <summary>Reads records from a position on, also those that come later.</summary>
    /// <param name="position">The position of the first record: from <see cref="Start"/> to <see cref="End"/>.</param>
    /// <returns>A reader before it.</returns>
    /// <exception cref="JournalPositionException">Thrown: its records were trimmed, are not there, or are those of another journal.</exception>
    /// <exception cref="JournalDamagedException">Thrown: a record on the way to it is damaged.</exception>
    public JournalReader Read(JournalPosition position)
    {
        Check(position, DurableEnd);
        return position.Number >= _store.First
            ? new(this, _store.Read(position.Number), position.Number)
            : throw new JournalPositionException(FileJournalStore.TrimmedText(position.Number, _store.First));
    }

    internal JournalPosition PositionOf(long number) => new(_store.Id, number);

    private void Check(JournalPosition position, long end)
    {
        if (position.Journal != _store.Id)
        {
            throw new JournalPositionException("The position is of another journal. Open the journal that it was stored with.");
        }

        if (position.Number > end)
        {
            throw new JournalPositionException(
                $"The journal ends with record {end}, before the position, record {position.Number}: {position.Number - end} records that were there are not any more. Bring the journal back from a backup that has them, or start from another checkpoint.");
        }
    }

    private void ThrowIfOver(JournalState alsoAllowed)
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        if (_state != JournalState.Open && _state != alsoAllowed)
        {
            throw Over();
        }
    }

    private Exception Over() => _state == JournalState.Failed
        ? new IOException($"The journal has failed and takes nothing more. Open it again when the cause is gone: {_failure!.Message}", _failure)
        : new ObjectDisposedException(nameof(Journal), "The journal is closed.");
}
