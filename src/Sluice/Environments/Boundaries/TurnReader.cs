using System.Diagnostics;

namespace Sluice;

/// <summary>Reads the turns of several members, one after the other. Owner: the strand of the entry.</summary>
internal sealed class TurnReader<T> : INodeValues
{
    private readonly Inlet<Turn<T>>[] _inlets;

    /// <summary>Up to where each is read, and known to be written.</summary>
    private readonly long[] _read;
    private readonly long[] _written;
    private readonly bool[] _hasEnded;

    /// <summary>Taken out of a ring before its turn, for the sake of a mark.</summary>
    private readonly Queue<Turn<T>>[] _held;
    private int _heldCount;

    /// <summary>The items of the turns that are read at once. They keep their places in the rings until they are handled.</summary>
    private readonly T[] _items;
    private int _count;
    private long _handled;
    private int _at;

    internal TurnReader(Inlet<Turn<T>>[] inlets)
    {
        const int PartAtOnce = 8; // the rest of the rings, half of which are ends of turns, is the members' in that time
        _inlets = inlets;
        _read = new long[inlets.Length];
        _written = new long[inlets.Length];
        _hasEnded = new bool[inlets.Length];
        _held = Array.ConvertAll(inlets, static _ => new Queue<Turn<T>>());
        _items = new T[Math.Clamp(inlets.Length * (long)inlets[0].Capacity / PartAtOnce, 1, SourceRun<T>.ChunkLength)];
    }

    internal int Members => _inlets.Length;

    /// <summary>The member whose turn it is.</summary>
    internal int At => _at;

    /// <summary>The inlet of the member whose turn it is.</summary>
    internal Inlet<Turn<T>> Current => _inlets[_at];

    /// <summary>Gets whether something is held that comes next.</summary>
    internal bool HasHeld => _heldCount > 0 && _held[_at].Count > 0;

    /// <summary>The member whose turn it is, and what is held of each. A mark passes when all turns before it are read, so there are no ends of turns in that; and a member that has ended
    /// ends again when it has its turn.</summary>
    object?[] INodeValues.Values
    {
        get
        {
            Debug.Assert(_held.All(static held => held.All(static turn => turn.IsItem)), "A turn before the mark was not read.");
            return [_at, Array.ConvertAll(_held, static held => held.Select(static turn => turn.Item).ToArray())];
        }
    }

    bool INodeValues.TrySet(object?[] values)
    {
        if (values is not [int at, T[][] held] || held.Length != _inlets.Length || (uint)at >= (uint)held.Length)
        {
            return false;
        }

        _at = at;
        for (var i = 0; i < held.Length; i++)
        {
            Array.ForEach(held[i], item => _held[i].Enqueue(new(item, true)));
            _heldCount += held[i].Length;
        }

        return true;
    }

    internal Inlet<Turn<T>> InletOf(int member) => _inlets[member];

    internal bool HasEnded(int member) => _hasEnded[member];

    /// <summary>Reads the items that come next, as far as they are there. <see cref="Release"/> has to follow.</summary>
    internal (T[] Items, int Count, long First) Read()
    {
        while (_count < _items.Length)
        {
            if (HasHeld)
            {
                _heldCount--;
                Take(_held[_at].Dequeue());
            }
            else if (_read[_at] == _written[_at] && (_written[_at] = _inlets[_at].ReadableEnd) == _read[_at])
            {
                break;
            }
            else
            {
                Take(in _inlets[_at].ItemAt(_read[_at]++));
            }
        }

        return (_items, _count, _handled);
    }

    private void Take(in Turn<T> turn)
    {
        if (turn.IsItem)
        {
            _items[_count++] = turn.Item;
        }
        else
        {
            GoOn();
        }
    }

    /// <summary>What was read is handled. False if that was nothing of a ring.</summary>
    internal bool Release()
    {
        Array.Clear(_items, 0, _count);
        _handled += _count;
        _count = 0;
        var any = false;
        for (var i = 0; i < _inlets.Length; i++)
        {
            if (_read[i] > _inlets[i].Handled)
            {
                _inlets[i].ReleaseUntil(_read[i]);
                any = true;
            }
        }

        return any;
    }

    /// <summary>Holds what a member has sent up to its next control message, so that it has room. All that was read is released.</summary>
    /// <returns>That message, which stays where it is; null if it has not come yet.</returns>
    internal ControlMessage? Hold(int member)
    {
        var inlet = _inlets[member];
        _written[member] = inlet.ReadableEnd;
        for (; _read[member] < _written[member]; _read[member]++)
        {
            _held[member].Enqueue(inlet.ItemAt(_read[member]));
            _heldCount++;
        }

        if (_read[member] > inlet.Handled)
        {
            inlet.ReleaseUntil(_read[member]);
        }

        return inlet.TryPeekControl(out var control) ? control.Message : null;
    }

    /// <summary>Takes the items that are held of a member, and leaves the ends of turns.</summary>
    internal T[] TakeHeldItems(int member)
    {
        Turn<T>[] all = [.. _held[member]];
        _heldCount -= all.Length;
        _held[member].Clear();
        foreach (var end in all.Where(static turn => !turn.IsItem))
        {
            _held[member].Enqueue(end);
            _heldCount++;
        }

        return [.. all.Where(static turn => turn.IsItem).Select(static turn => turn.Item)];
    }

    /// <summary>Has the reader look again.</summary>
    internal void Wake() => Array.ForEach(_inlets, static inlet => inlet.WakeReader());

    /// <summary>The member whose turn it is has ended.</summary>
    /// <returns>Its number.</returns>
    internal int LeaveOut()
    {
        var ended = _at;
        _hasEnded[ended] = true;
        GoOn();
        return ended;
    }

    private void GoOn()
    {
        do
        {
            _at = _at + 1 == _inlets.Length ? 0 : _at + 1;
        }
        while (_hasEnded[_at]);
    }
}
