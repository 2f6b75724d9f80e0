using System.Reflection;

namespace Sluice;

/// <summary>Writes the objects that are reachable from one, each once, in the order in which they are found: without
/// recursion, however long the chains of references are.</summary>
/// <remarks>Owner: the thread that captures.</remarks>
internal sealed class SnapshotWriter(SnapshotOptions options)
{
    /// <summary>The number of objects that there may be for the tables to be kept: emptying a large table takes long.</summary>
    private const int MaxKept = 1024;

    private Dictionary<object, int> _ids = new(ReferenceEqualityComparer.Instance);
    private readonly List<object> _objects = [];
    private readonly List<int> _finders = []; // for each object the one through which it was found
    private readonly Dictionary<TypeCodec, int> _typeIndexes = [];
    private readonly List<long> _usedIn = []; // for each kind the last round that had it
    private long _round = 1;
    private readonly Dictionary<object, string>? _outside = options.Outside.Count == 0 ? null : Named(options.Outside);
    private WaitStructure? _waits;
    private IReadOnlyList<FieldInfo> _variables = [];
    private int _nextVariable;
    private Type? _lastType;
    private TypeCodec? _lastCodec;
    private int _current;

    internal bool UsesReflection { get; } = options.UsesReflection;

    /// <summary>Gets whether it writes the state of a node of a run.</summary>
    internal bool IsOfNode { get; } = options.Outside.TryGetValue(InnerTargetCodec.NodeName, out var node) && node is IReceiver;

    /// <summary>Which key of a node each object belongs to; null if it is not looked at.</summary>
    internal KeyOwners? Owners { get; } = options.Outside.ContainsKey(InnerTargetCodec.NodeName) ? new() : null;

    /// <summary>For each object the number of the one through which it was found.</summary>
    internal IReadOnlyList<int> Finders => _finders;

    /// <summary>Gets whether an object is named, and not stored.</summary>
    internal bool IsOutside(object item) => _outside?.ContainsKey(item) == true;

    /// <summary>Objects that have to be written before the others.</summary>
    internal ByteSink Heads { get; } = new();

    internal ByteSink Bodies { get; } = new();

    internal List<TypeCodec> Codecs { get; } = [];

    internal int Count => _objects.Count;

    internal IReadOnlyList<object> Objects => _objects;

    /// <summary>The port at which the capture cannot go on now: it is busy, or held by another thread.</summary>
    internal IPort? Blocked { get; private set; }

    /// <summary>The ports that the capture holds, so that nothing moves in that time.</summary>
    internal PortHolds Holds { get; } = new();

    /// <summary>The object that the coroutine being written waits for.</summary>
    internal object? Link { get; set; }

    /// <summary>The captured variables that the written code uses.</summary>
    internal HashSet<FieldInfo> UsedVariables { get; } = [];

    /// <summary>A captured variable came to be used after its closure was written without it: once more.</summary>
    internal bool MustRepeat { get; private set; }

    private HashSet<FieldInfo>? _left;

    /// <summary>False: <see cref="Blocked"/>.</summary>
    internal bool TryWrite(object root)
    {
        Add(root);
        for (_current = 0; _current < _objects.Count; _current++)
        {
            var item = _objects[_current];
            var codec = CodecOf(item);
            Owners?.Begin(_current, item, codec);
            codec.WriteHead(this, item);
            codec.WriteBody(this, item);
            if (Blocked is not null)
            {
                return false;
            }
        }

        if (_waits?.FindFault() is { } fault)
        {
            _current = _ids[fault.At] - 1;
            throw Refuse(fault.Reason, fault.At.GetType());
        }

        return true;
    }

    /// <summary>Forgets the objects, to write the same ones again with what is known now.</summary>
    internal void Repeat()
    {
        if (_ids.Count > MaxKept)
        {
            _ids = new(ReferenceEqualityComparer.Instance);
        }

        _ids.Clear();
        _objects.Clear();
        _finders.Clear();
        _waits?.Clear();
        Owners?.Clear();
        Heads.Clear();
        Bodies.Clear();
        (Blocked, Link, _left, MustRepeat) = (null, null, null, false);
        _round++;
    }

    /// <summary>Forgets the objects, to write others. Kinds that were met stay known.</summary>
    internal void Reset()
    {
        Repeat();
        UsedVariables.Clear();
    }

    /// <summary>Forgets the kinds from this number on.</summary>
    internal void ForgetKinds(int from)
    {
        foreach (var codec in Codecs.Skip(from))
        {
            _typeIndexes.Remove(codec);
        }

        Codecs.RemoveRange(from, Codecs.Count - from);
        _usedIn.RemoveRange(from, _usedIn.Count - from);
    }

    /// <summary>A coroutine waits for the <see cref="Link"/>, which is looked at when all is written.</summary>
    internal void AddWaiting(Coroutine coroutine) => Waits.Add(coroutine, Link);

    /// <summary>The waits of coroutines for each other.</summary>
    internal WaitStructure Waits => _waits ??= new();

    /// <summary>0 for null, else the number of the object, from 1.</summary>
    internal void Reference(object? item) => Bodies.WriteVarint(Add(item));

    internal void ReferenceInHead(object? item) => Heads.WriteVarint(Add(item));

    internal void BlockAt(IPort port) => Blocked ??= port;

    internal void Use(MethodBase code) => Use(CodeUse.VariablesOf(code));

    /// <summary>The captured variables that a state machine uses from a state on.</summary>
    internal void Use(MethodBase moveNext, int state) => Use(CodeUse.VariablesOf(moveNext, state));

    private void Use(IReadOnlySet<FieldInfo> variables)
    {
        foreach (var field in variables)
        {
            if (UsedVariables.Add(field) && _left?.Contains(field) == true)
            {
                MustRepeat = true;
            }
        }
    }

    /// <summary>The variables that <see cref="WriteIsUsed"/> is then called for, one by one.</summary>
    internal void BeginVariables(IReadOnlyList<FieldInfo> variables) => (_variables, _nextVariable) = (variables, 0);

    /// <summary>Writes whether the captured code uses the next variable of the closure.</summary>
    internal bool WriteIsUsed()
    {
        var variable = _variables[_nextVariable++];
        var isUsed = UsedVariables.Contains(variable);
        Bodies.WriteBool(isUsed);
        if (!isUsed)
        {
            (_left ??= []).Add(variable);
        }

        return isUsed;
    }

    /// <summary>The error for the object that is being written, found through its chain of finders.</summary>
    internal NotPortableException Refuse(string reason, Type? type) => CapturePath.Refuse(_objects, _finders, _current, null, reason, type);

    /// <summary>The same for a value in one of its fields.</summary>
    internal NotPortableException RefuseValue(Type valueType, string reason) =>
        CapturePath.Refuse(_objects, _finders, _current, valueType, reason, valueType);

    private ulong Add(object? item)
    {
        if (item is null)
        {
            return 0;
        }

        ref var id = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_ids, item, out var isKnown);
        if (!isKnown)
        {
            _objects.Add(item);
            _finders.Add(_current);
            id = _objects.Count;
            Owners?.Found(item);
        }
        else
        {
            Owners?.FoundAgain(id - 1, _current);
        }

        return (ulong)id;
    }

    private TypeCodec CodecOf(object item)
    {
        if (_outside is not null && _outside.TryGetValue(item, out var name))
        {
            var outside = new OutsideCodec(name);
            WriteType(outside);
            return outside;
        }

        var type = item.GetType();
        var codec = ReferenceEquals(type, _lastType) ? _lastCodec! : TypeCodec.Of(item);
        if (codec.IsOfType)
        {
            (_lastType, _lastCodec) = (type, codec);
        }

        WriteType(codec);
        return codec;
    }

    private void WriteType(TypeCodec codec)
    {
        if (!_typeIndexes.TryGetValue(codec, out var index))
        {
            if (codec.Refusal is { } reason)
            {
                throw Refuse(reason, codec.Type);
            }

            if (codec.Names.Select(options.FindRefusedType).FirstOrDefault(static type => type is not null) is { } stranger)
            {
                var why = SnapshotOptions.NotAllowed(stranger);
                throw Refuse(
                    codec is DelegateCodec && PortableTypes.IsOfFramework(stranger) ? $"it is a method of '{stranger}', which delegates in snapshots may not have. Call it in a lambda or in a method of your own"
                    : stranger == codec.Type ? why : $"it is made of '{stranger}': {why}",
                    codec.Type);
            }

            index = Codecs.Count;
            Codecs.Add(codec);
            _typeIndexes.Add(codec, index);
            _usedIn.Add(0);
        }

        if (_usedIn[index] != _round)
        {
            _usedIn[index] = _round;
            codec.Used(this);
        }

        Heads.WriteCount(index);
    }

    internal bool IsAllowed(Type type) => options.FindRefusedType(type) is null;

    private static Dictionary<object, string> Named(IDictionary<string, object> objects)
    {
        var names = new Dictionary<object, string>(ReferenceEqualityComparer.Instance);
        foreach (var (name, item) in objects)
        {
            names[item] = name;
        }

        return names;
    }
}
