namespace Sluice;

/// <summary>Items from a sender that may be replaced. Each waits until the sender has handled the item that it results from, since it comes again
/// if the sender is lost before; then it counts, and waits for room in the ring if there is none.</summary>
/// <remarks>What does not count yet takes no room of the ring: the sender may need more for the results of one item than the ring
/// holds, and nothing of that can be handled before all of it is here.</remarks>
internal sealed class UncountedItems<T>(Inlet<T> inlet)
{
    private readonly Queue<T> _held = []; // owner: the reading thread
    private readonly Queue<(T Item, InletControl? Control)> _waiting = []; // guard: itself, as for all writes to the ring
    private long _count; // written by the reading thread
    private long _bytes; // the same

    /// <summary>The number of items that do not count yet. Any thread.</summary>
    internal long Count => Volatile.Read(ref _count);

    /// <summary>The number of bytes that those had.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The reading thread's.</summary>
    internal void Hold(T item)
    {
        _held.Enqueue(item);
        Volatile.Write(ref _count, _held.Count);
    }

    /// <summary>The reading thread's: those that were held since had so many bytes.</summary>
    internal void AddBytes(long bytes) => Volatile.Write(ref _bytes, _bytes + bytes);

    /// <summary>Drops them: they come again. Called by the thread that replaces the sender.</summary>
    internal void Drop()
    {
        _held.Clear();
        Volatile.Write(ref _bytes, 0);
        Volatile.Write(ref _count, 0);
    }

    /// <summary>They count. The reading thread's.</summary>
    internal void Pass()
    {
        lock (_waiting)
        {
            Volatile.Write(ref _bytes, 0); // first: who has handled one does not find it here too
            Volatile.Write(ref _count, 0);
            Refill();
            while (_held.TryDequeue(out var item))
            {
                if (_waiting.Count > 0 || !inlet.TryWrite(item))
                {
                    _waiting.Enqueue((item, null));
                }
            }
        }
    }

    /// <summary>Behind all that counts.</summary>
    internal void WriteControl(ControlMessage message, Action<Exception?>? done)
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0)
            {
                inlet.WriteControl(message, done);
            }
            else
            {
                _waiting.Enqueue((default!, new(0, message, done)));
            }
        }
    }

    /// <summary>There may be room again. Any thread.</summary>
    internal void Refill()
    {
        lock (_waiting)
        {
            while (_waiting.TryPeek(out var next))
            {
                if (next.Control is { } control)
                {
                    inlet.WriteControl(control.Message, control.Done);
                }
                else if (!inlet.TryWrite(next.Item))
                {
                    return;
                }

                _ = _waiting.Dequeue();
            }
        }
    }
}
