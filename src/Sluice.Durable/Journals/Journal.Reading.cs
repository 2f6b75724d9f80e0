namespace Sluice.Durable;

/// <content>Readers that wait, trimming, and pins.</content>
public sealed partial class Journal
{
    /// <summary>The named pins: no record from their position on is trimmed.</summary>
    public IReadOnlyDictionary<string, JournalPosition> Pins =>
        _store.Pins.ToDictionary(static pin => pin.Key, pin => PositionOf(pin.Value), StringComparer.Ordinal);

    /// <summary>Sets a pin, or moves it: records from its position on are kept until it is moved on or removed. It is durable when this returns; blocks for
    /// an fsync.</summary>
    /// <param name="name">The name, at most 200 characters.</param>
    /// <param name="position">The position, from <see cref="Start"/> to <see cref="End"/>.</param>
    /// <exception cref="JournalPositionException">Thrown: records from the position on were trimmed, or it is none of this journal.</exception>
    /// <exception cref="IOException">Thrown: it could not be stored; the pins are as before.</exception>
    public void Pin(string name, JournalPosition position)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 200, nameof(name));
        Check(position, DurableEnd);
        lock (_trimming)
        {
            ThrowIfClosed();
            if (position.Number < _store.First)
            {
                throw new JournalPositionException(FileJournalStore.TrimmedText(position.Number, _store.First));
            }

            _store.SetPin(name, position.Number);
        }
    }

    /// <summary>Removes a pin. It is no error if there is none of that name. Blocks for an fsync.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="IOException">Thrown: that could not be stored; the pins are as before.</exception>
    public void Unpin(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_trimming)
        {
            ThrowIfClosed();
            _store.SetPin(name, null);
        }
    }

    /// <summary>Lets go of the records before a position, except those that a pin keeps. Whole segments are deleted, so some of them stay readable. A crash
    /// may keep them all. Readers that are behind get a <see cref="JournalPositionException"/>.</summary>
    /// <param name="position">The position, up to <see cref="End"/>.</param>
    /// <exception cref="JournalPositionException">Thrown: it is none of this journal.</exception>
    /// <exception cref="IOException">Thrown: a segment could not be deleted; the journal goes on.</exception>
    public void Trim(JournalPosition position)
    {
        Check(position, DurableEnd);
        lock (_trimming)
        {
            ThrowIfClosed();
            var before = position.Number;
            foreach (var pin in _store.Pins)
            {
                before = Math.Min(before, pin.Value);
            }

            _store.Trim(before);
        }
    }

    /// <summary>Waits until there is a durable record from a number on.</summary>
    /// <returns>False: there will be none.</returns>
    internal async ValueTask<bool> GrownAsync(long number, CancellationToken cancellation)
    {
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                if (number < _durableEnd)
                {
                    return true;
                }

                if (_state is JournalState.Failed or JournalState.Abandoned or JournalState.Closed)
                {
                    return _state != JournalState.Failed ? false : throw Over();
                }

                _grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void ThrowIfClosed()
    {
        lock (_gate)
        {
            ThrowIfOver(JournalState.Ending);
        }
    }

    private void EndReaders()
    {
        TaskCompletionSource? grown;
        lock (_gate)
        {
            (grown, _grown) = (_grown, null);
        }

        grown?.SetResult();
    }
}
