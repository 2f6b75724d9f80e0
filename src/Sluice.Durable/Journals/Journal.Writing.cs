using System.Diagnostics;

namespace Sluice.Durable;

/// <content>The batches: filled by callers, written by a thread.</content>
public sealed partial class Journal
{
    /// <summary>Writes what has come so far, and closes the journal. What was failed or abandoned writes nothing more.</summary>
    /// <returns>A task that completes when it is closed. A second call waits for the same.</returns>
    /// <exception cref="IOException">Awaited, also as another type that the store raises: records that were not durable yet could not be written.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_state == JournalState.Open)
            {
                Become(JournalState.Ending);
            }
        }

        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Closes the journal without writing what is not written yet; a batch that is being written is not interrupted. All who wait for records
    /// to be durable get an <see cref="ObjectDisposedException"/>.</summary>
    /// <returns>A task that completes when it is closed.</returns>
    public async Task AbandonAsync()
    {
        lock (_gate)
        {
            if (_state is JournalState.Open or JournalState.Ending)
            {
                Become(JournalState.Abandoned);
            }
        }

        await _ended.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a failure that others have been told
    }

    private bool TryTake(ReadOnlySpan<byte> record, out JournalPosition position, out Task? room)
    {
        lock (_gate)
        {
            ThrowIfOver(JournalState.Open);
            if (!_filling.HasRoom(record.Length, _options.MaxBatchSize))
            {
                _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                (position, room) = (default, _room.Task);
                return false;
            }

            _filling.Add(record);
            (position, room) = (new(_store.Id, _filling.End), null);
            if (_options.FlushInterval == TimeSpan.Zero || _filling.Count >= _options.FlushCount || _filling.Bytes.Length >= _options.MaxBatchSize / 2)
            {
                BecomeDue();
            }
            else if (_filling.Count == 1)
            {
                _ = _timer.Change(_options.FlushInterval, Timeout.InfiniteTimeSpan);
            }

            return true;
        }
    }

    private async Task<JournalPosition> WriteWhenThereIsRoomAsync(ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        JournalPosition position;
        while (!TryTake(record.Span, out position, out var room))
        {
            await room!.WaitAsync(cancellation).ConfigureAwait(false);
        }

        return position;
    }

    private void SetDue()
    {
        lock (_gate)
        {
            BecomeDue();
        }
    }

    /// <summary>Lets the writer take the batch. A timer that is late does it for the next batch, which is then written early.</summary>
    private void BecomeDue()
    {
        if (!_isDue && _filling.Count > 0)
        {
            _isDue = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Become(JournalState state)
    {
        Debug.Assert(Monitor.IsEntered(_gate));
        Debug.Assert(_state is JournalState.Open or JournalState.Ending || state == JournalState.Closed);
        _state = state;
        Monitor.Pulse(_gate);
    }

    /// <summary>The writer's thread.</summary>
    private void WriteBatches()
    {
        while (TakeBatch() is { } batch)
        {
            try
            {
                _store.Append(batch);
            }
            catch (Exception error)
            {
                Fail(error);
                break;
            }

            Complete(batch);
        }

        Close();
    }

    /// <summary>Waits for a batch that is due.</summary>
    /// <returns>Null: there will be none.</returns>
    private JournalBatch? TakeBatch()
    {
        TaskCompletionSource? room;
        JournalBatch taken;
        lock (_gate)
        {
            while (!_isDue && _state == JournalState.Open)
            {
                _ = Monitor.Wait(_gate);
            }

            if (_state == JournalState.Abandoned || _filling.Count == 0)
            {
                return null;
            }

            (taken, _filling, _writing) = (_filling, _writing, _filling);
            _filling.Begin(taken.End);
            _isDue = false;
            (room, _room) = (_room, null);
        }

        room?.SetResult();
        return taken;
    }

    private void Complete(JournalBatch batch)
    {
        TaskCompletionSource? durable, grown;
        lock (_gate)
        {
            _durableEnd = batch.End;
            (durable, batch.Durable) = (batch.Durable, null);
            (grown, _grown) = (_grown, null);
        }

        durable?.SetResult();
        grown?.SetResult();
    }

    private void Fail(Exception error)
    {
        lock (_gate)
        {
            _failure = error;
            if (_state != JournalState.Abandoned)
            {
                Become(JournalState.Failed);
            }
        }
    }

    /// <summary>Closes the store, and tells all who wait how it ended.</summary>
    private void Close()
    {
        _timer.Dispose();
        TaskCompletionSource?[] waiting;
        Exception over;
        lock (_trimming)
            lock (_gate)
            {
                _store.Dispose();
                if (_state != JournalState.Failed)
                {
                    Become(JournalState.Closed);
                }

                over = Over();
                waiting = [_writing.Durable, _filling.Durable, _room];
                (_writing.Durable, _filling.Durable, _room) = (null, null, null);
            }

        foreach (var source in waiting)
        {
            if (source is not null)
            {
                source.SetException(over);
                _ = source.Task.Exception; // those that still wait get it
            }
        }

        EndReaders();
        if (_failure is null)
        {
            _ended.SetResult();
        }
        else
        {
            _ended.SetException(over);
            _ = _ended.Task.Exception;
        }
    }
}
