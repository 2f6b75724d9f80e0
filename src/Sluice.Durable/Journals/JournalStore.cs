namespace Sluice.Durable;

/// <summary>The place where a <see cref="Journal"/> keeps its records: a folder with files, or another store that derives from this.</summary>
/// <remarks><para>Records have numbers, from 0 on, without a gap. A store keeps those from <see cref="First"/> up to, not including, <see cref="End"/>.</para>
/// <para>Thread safety: <see cref="Append"/> is called by one thread at a time, and beside it any other member by any other one.</para></remarks>
public abstract class JournalStore : IDisposable
{
    /// <summary>The identity of the journal, made with it and kept with its records. Positions hold it.</summary>
    public abstract Guid Id { get; }

    /// <summary>The number of the oldest record that can be read.</summary>
    public abstract long First { get; }

    /// <summary>The number that the next record gets.</summary>
    public abstract long End { get; }

    /// <summary>The traces of a crash that were removed when it was opened, as a sentence; null if there were none. The next opening says nothing of them.</summary>
    public abstract string? Repair { get; }

    /// <summary>The named pins: no record from their number on is trimmed.</summary>
    public abstract IReadOnlyDictionary<string, long> Pins { get; }

    /// <summary>Writes records. They are durable when it returns.</summary>
    /// <param name="batch">The records; the first has the number <see cref="End"/>.</param>
    /// <exception cref="IOException">Thrown: they may be durable or not. The store takes no more; one that is opened again finds all of the records or none.</exception>
    public abstract void Append(JournalBatch batch);

    /// <summary>Reads records in order.</summary>
    /// <param name="number">The number of the first one, from <see cref="First"/> to <see cref="End"/>.</param>
    /// <returns>A cursor before it.</returns>
    public abstract JournalCursor Read(long number);

    /// <summary>Lets go of records. It may keep some of them, and a crash may keep them all.</summary>
    /// <param name="before">Those with a smaller number are not needed any more; at most <see cref="End"/>.</param>
    public abstract void Trim(long before);

    /// <summary>Sets, changes or removes a pin. It is durable when it returns.</summary>
    /// <param name="name">The name.</param>
    /// <param name="number">The number; null removes the pin, if there is one.</param>
    public abstract void SetPin(string name, long? number);

    /// <summary>Closes the store without writing anything.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the store without writing anything, also a second time.</summary>
    /// <param name="disposing">Whether it was called by <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
