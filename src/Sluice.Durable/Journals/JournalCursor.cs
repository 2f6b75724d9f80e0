namespace Sluice.Durable;

/// <summary>Reads the records of a <see cref="JournalStore"/> in order.</summary>
/// <remarks>Thread safety: none; one thread at a time, beside those that append.</remarks>
public abstract class JournalCursor : IDisposable
{
    /// <summary>The record, until the next call.</summary>
    public abstract ReadOnlyMemory<byte> Record { get; }

    /// <summary>Goes to the next record, which it checks.</summary>
    /// <param name="end">The number behind the last record that may be read: those before are durable.</param>
    /// <returns>False: the next record has this number.</returns>
    /// <exception cref="JournalDamagedException">Thrown: the record is not as it was written.</exception>
    public abstract bool TryRead(long end);

    /// <summary>Closes what it reads from.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what it reads from, also a second time.</summary>
    /// <param name="disposing">Whether it was called by <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
