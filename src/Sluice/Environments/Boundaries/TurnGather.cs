namespace Sluice;

/// <summary>The beginning of a segment where the turns of a pool's members come together, in the order in which a <see cref="TurnDealer{T}"/> has given them.</summary>
/// <param name="Channels">The edges' numbers, in the order of the members.</param>
/// <param name="WaitsForTurn">Whether the other side waits until what this feeds is open.</param>
internal sealed record TurnGatherSpec<T>(int[] Channels, bool WaitsForTurn) : NodeSpec("entry", NodeKind.Source, null)
{
    internal override void Start(Node node, object[] outputs)
    {
        var inlets = Array.ConvertAll(Channels, node.Run.Links!.InletOf<Turn<T>>);
        var intake = new Intake(inlets);
        var marks = new EntryMarks(node.Run);
        node.Body = new EntryBody<T>(node, intake, marks, run => TakeIn(run, new(inlets), intake, marks), (Target<T>)outputs[0], WaitsForTurn);
    }

    private static async Coroutine TakeIn(SourceRun<T> run, TurnReader<T> turns, Intake intake, EntryMarks marks)
    {
        while (true)
        {
            await turns.Current.WaitToRead(run.Run.Strand);
            run.Cancellation.ThrowIfCancellationRequested();
            var (items, count, first) = turns.Read();
            if (count > 0)
            {
                if (run.Next is NodePort<T> { TakesChunk: true } port)
                {
                    await port.SendChunkWithin(items, 0, count, first, run.Cancellation);
                    await run.GiveWayAsync();
                }
                else
                {
                    await run.SendAllAsync(items, 0, count, first);
                }
            }

            if (!turns.Release() && turns.Current.TryTakeControl(out var control) && await EntryControl.Take(control, run, marks))
            {
                if (intake.IsLast)
                {
                    return;
                }

                intake.EndOne(turns.LeaveOut());
            }
        }
    }
}

/// <summary>Reads the turns of several members, one after the other. Owner: the strand of the entry.</summary>
internal sealed class TurnReader<T>
{
    private readonly Inlet<Turn<T>>[] _inlets;

    /// <summary>Up to where each is read, and known to be written.</summary>
    private readonly long[] _read;
    private readonly long[] _written;
    private readonly bool[] _hasEnded;

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
        _items = new T[Math.Clamp(inlets.Length * (long)inlets[0].Capacity / PartAtOnce, 1, SourceRun<T>.ChunkLength)];
    }

    /// <summary>The inlet of the member whose turn it is.</summary>
    internal Inlet<Turn<T>> Current => _inlets[_at];

    /// <summary>Reads the items that come next, as far as they are there. <see cref="Release"/> has to follow.</summary>
    internal (T[] Items, int Count, long First) Read()
    {
        while (_count < _items.Length)
        {
            if (_read[_at] == _written[_at] && (_written[_at] = _inlets[_at].ReadableEnd) == _read[_at])
            {
                break;
            }

            ref readonly var turn = ref _inlets[_at].ItemAt(_read[_at]++);
            if (turn.IsItem)
            {
                _items[_count++] = turn.Item;
            }
            else
            {
                GoOn();
            }
        }

        return (_items, _count, _handled);
    }

    /// <summary>What was read is handled. False if that was nothing.</summary>
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
