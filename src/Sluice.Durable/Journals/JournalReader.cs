namespace Sluice.Durable;

/// <summary>Reads a journal from a position on, and follows it while it grows. It reads durable records only.</summary>
/// <remarks>Thread safety: none; one thread at a time, beside any use of the journal.</remarks>
public sealed class JournalReader : IDisposable
{
    private readonly Journal _journal;
    private readonly JournalCursor _cursor;
    private long _number;
    private long _end; // records before are durable

    internal JournalReader(Journal journal, JournalCursor cursor, long number) => (_journal, _cursor, _number) = (journal, cursor, number);

    /// <summary>The record that <see cref="TryRead"/> has read, until its next call.</summary>
    public ReadOnlyMemory<byte> Record => _cursor.Record;

    /// <summary>The position behind that record: a reader from here on reads the next one.</summary>
    public JournalPosition Position => _journal.PositionOf(_number);

    /// <summary>Goes to the next record, if there is one now. Blocks while it is read from disk.</summary>
    /// <returns>False: there is none yet; <see cref="WaitAsync"/> waits for one.</returns>
    /// <exception cref="JournalDamagedException">Thrown: the record is not as it was written.</exception>
    /// <exception cref="JournalPositionException">Thrown: it was trimmed.</exception>
    public bool TryRead()
    {
        if (_number >= _end)
        {
            _end = _journal.DurableEnd;
        }

        if (!_cursor.TryRead(_end))
        {
            return false;
        }

        _number++;
        return true;
    }

    /// <summary>Waits until there is a record to be read. The journal says so; nothing is asked again and again.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False: the journal is closed, and all of it has been read.</returns>
    /// <exception cref="IOException">Awaited, also as another type that the store raises: the journal has failed, and all that is durable has been read.</exception>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation = default) => _journal.GrownAsync(_number, cancellation);

    /// <summary>Closes what it reads from; the journal stays open.</summary>
    public void Dispose() => _cursor.Dispose();
}
