namespace Sluice;

/// <summary>Makes the objects of a snapshot, fills them, and rebuilds what depends on the finished objects.</summary>
/// <remarks>Owner: the thread that resumes.</remarks>
internal sealed class SnapshotReader
{
    /// <summary>The number of objects that there may be for the tables to be kept.</summary>
    private const int MaxKept = 1024;

    private readonly IReadOnlyList<TypeCodec> _types;
    private TypeCodec[] _codecs = [];
    private object?[] _objects = [];
    private int _count;
    private readonly List<(int At, Action Rebuild)> _rebuilds = [];
    private RebuildOrder? _order;
    private LateObjects? _late;
    private WaitStructure? _waits;
    private readonly List<Action> _checks = [];
    private readonly List<Action> _finishes = [];
    private long _promised;

    internal SnapshotReader(SnapshotOptions options, IReadOnlyList<TypeCodec> types, ByteSource heads, ByteSource bodies)
    {
        Options = options;
        _types = types;
        Heads = heads;
        Bodies = bodies;
    }

    internal SnapshotOptions Options { get; }

    internal bool UsesReflection => Options.UsesReflection;

    internal ByteSource Heads { get; }

    internal ByteSource Bodies { get; }

    /// <summary>The coroutine whose fields are being read, for its builder.</summary>
    internal Coroutine? Box { get; set; }

    /// <summary>The object that this coroutine waits for.</summary>
    internal object? Link { get; set; }

    /// <summary>The home of the coroutines that are made.</summary>
    internal IStrandHome? Home { get; private set; }

    /// <summary>The strand of the ports; null: a single one that is a home of its own.</summary>
    internal Strand? Strand { get; private set; }

    internal List<IPortState> Ports { get; } = [];

    internal IReadOnlyList<object?> Objects => new ArraySegment<object?>(_objects, 0, _count);

    /// <summary>The first of so many objects, with everything that it reaches.</summary>
    internal object Read(int count)
    {
        _count = count;
        if (_objects.Length < count)
        {
            _codecs = new TypeCodec[count];
            _objects = new object?[count];
        }

        try
        {
            for (var i = 0; i < count; i++)
            {
                var index = Heads.ReadVarint();
                _codecs[i] = index < (ulong)_types.Count ? _types[(int)index] : throw ByteSource.Truncated();
                Current = i;
                _objects[i] = _codecs[i].Create(this);
                if (_codecs[i].DependsOnElements)
                {
                    _order ??= new(count);
                }
            }

            _late?.MakeAll();
            Strand = StrandThread.Current.Home?.Strand ?? (Ports.Count > 1 || Options.IsToDescribe ? new Strand() : null);
            Home = (IStrandHome?)Strand ?? Ports.FirstOrDefault() as IStrandHome;
            for (var i = 0; i < count; i++)
            {
                Current = i;
                _order?.Begin(i);
                _codecs[i].ReadBody(this, _objects[i]!);
            }

            if (Heads.Left > 0 || Bodies.Left > 0)
            {
                throw new SnapshotException("The snapshot is damaged: it has more than its objects.");
            }

            _checks.ForEach(static check => check());
            if (!Options.IsToDescribe)
            {
                CheckWaiting(); // what waits at a node does so at an inbox that is not there
            }

            RebuildAll(); // the first of the application's code that runs
            _finishes.ForEach(static finish => finish());
            return _objects[0]!;
        }
        catch (InvalidDataException damage)
        {
            throw new SnapshotException($"The snapshot is damaged. {damage.Message}", damage);
        }
        catch (Exception error) when (error is not (SnapshotException or OutOfMemoryException))
        {
            throw new SnapshotException($"The snapshot cannot be resumed: it is damaged, or '{_codecs[Current]?.Type}' does not take what is in it. See the inner exception.", error);
        }
    }

    /// <summary>Forgets the objects, to read others.</summary>
    internal void Reset()
    {
        if (_objects.Length > MaxKept)
        {
            (_objects, _codecs) = ([], []);
        }
        else
        {
            Array.Clear(_objects, 0, _count);
            Array.Clear(_codecs, 0, _count);
        }

        Ports.Clear();
        _rebuilds.Clear();
        _finishes.Clear();
        _checks.Clear();
        _waits?.Clear();
        (_order, _late, _promised, _count, Current) = (null, null, 0, 0, 0);
        (Box, Link, Home, Strand) = (null, null, null, null);
    }

    internal int Current { get; private set; }

    internal object? Reference()
    {
        var id = Bodies.ReadVarint();
        var item = At(id);
        if (_order is not null && item is not null)
        {
            _order.Add(id);
        }

        return item;
    }

    /// <summary>Returns whether the next variable of a closure is there.</summary>
    internal bool ReadIsUsed() => Bodies.ReadBool();

    internal object? At(ulong id) => id == 0 ? null
        : id > (ulong)_count ? throw ByteSource.Truncated()
        : _objects[id - 1] is not { } item ? throw new SnapshotException("The snapshot is damaged: delegates refer to each other.")
        : item is MissingObject ? null
        : item;

    /// <summary>Returns whether it stayed outside and is not there, or needs such an object.</summary>
    internal bool IsMissing(ulong id) => id > 0 && id <= (ulong)_count && _objects[id - 1] is MissingObject;

    /// <summary>The length of something whose elements are still to come in the bodies, each with so many bytes at least. All
    /// together cannot be more than what is there.</summary>
    internal int PromisedCount(int bytesEach)
    {
        var count = Heads.ReadVarint();
        if (count > (ulong)Bodies.Left || (_promised += (long)count * bytesEach) > Bodies.Left)
        {
            throw ByteSource.Truncated();
        }

        return (int)count;
    }

    /// <summary>The same for an array of several dimensions.</summary>
    internal void ReadLengths(int[] lengths, int bytesEach)
    {
        var (total, isEmpty) = (1L, false);
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = checked((int)Heads.ReadVarint());
            isEmpty |= lengths[i] == 0;
            total = checked(total * Math.Max(1, lengths[i])); // an empty one too must be of a size that can be made
        }

        if (total > Array.MaxLength || (_promised = checked(_promised + (isEmpty ? 0 : total * bytesEach))) > Bodies.Left)
        {
            throw ByteSource.Truncated();
        }
    }

    /// <summary>Makes an object once those that it needs exist.</summary>
    internal void MakeLate(ulong[] needs, Func<object> make)
    {
        var at = Current;
        (_late ??= new(_objects)).Add(at, needs, () =>
        {
            Current = at;
            return make();
        });
    }

    /// <summary>Does something when all objects are filled.</summary>
    internal void Rebuild(Action rebuild) => _rebuilds.Add((Current, rebuild));

    /// <summary>Looks at something when all objects are filled, before any of the application's code runs.</summary>
    internal void Check(Action check) => _checks.Add(check);

    /// <summary>Does something when all objects are as they were.</summary>
    internal void Finish(Action finish) => _finishes.Add(finish);

    /// <summary>A coroutine waits for the <see cref="Link"/>, which is looked at when all is read.</summary>
    internal void AddWaiting(Coroutine coroutine) => Waits.Add(coroutine, Link);

    /// <summary>The waits of coroutines for each other.</summary>
    internal WaitStructure Waits => _waits ??= new();

    private void RebuildAll()
    {
        _rebuilds.Reverse(); // the last one found first: what an object refers to is mostly found after it
        if (_order?.Ranks() is { } ranks)
        {
            _rebuilds.Sort((one, other) => ranks[one.At].CompareTo(ranks[other.At]));
        }

        foreach (var (at, rebuild) in _rebuilds)
        {
            Current = at;
            rebuild();
        }
    }

    private void CheckWaiting()
    {
        if (_waits?.FindFault() is { } fault)
        {
            throw new SnapshotException($"The snapshot is damaged: of '{(fault.At is Coroutine coroutine ? coroutine.MethodName : ((IReceiver)fault.At).Name)}', {fault.Reason}.");
        }
    }
}
