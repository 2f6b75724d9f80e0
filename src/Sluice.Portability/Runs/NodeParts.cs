using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice;

/// <summary>The parts of one node, as state: a coroutine with its ports, an operator, or values.</summary>
internal sealed class NodeParts
{
    /// <summary>In place of an inbox whose end is waited for: nothing is.</summary>
    private const int NoTask = -1;

    /// <summary>The same: it has come, and the coroutine is about to learn of it.</summary>
    private const int CompletedTask = -2;

    /// <summary>The same: it waits in a pause, and takes no items.</summary>
    private const int Pause = -3;
    private const int PauseAfterClose = -4;

    private readonly Node _node;
    private readonly object[] _outputs = [];
    private readonly NodeArguments? _arguments;
    private readonly OperatorFields? _operator;
    private readonly INodeValues? _values;
    private Action? _goOn;
    private List<IPortState> _inner = [];

    /// <summary>Arguments of an operator's coroutine that the program gives otherwise than they are stored.</summary>
    private readonly Dictionary<string, object?> _changed = new(StringComparer.Ordinal);

    internal NodeParts(Node node, INodePort[] ports, object[] outputs, NodeArguments arguments)
    {
        _node = node;
        Ports = ports;
        _outputs = outputs;
        _arguments = arguments;
    }

    internal NodeParts(Node node, object body, Func<object> make)
    {
        _node = node;
        _operator = new(body, make);
    }

    internal NodeParts(Node node, INodeValues values)
    {
        _node = node;
        _values = values;
    }

    /// <summary>Gets whether its state is values that are no fields.</summary>
    internal bool AreValues => _values is not null;

    /// <summary>Its inboxes; empty if it has no coroutine.</summary>
    internal INodePort[] Ports { get; } = [];

    /// <summary>Writes its state.</summary>
    /// <param name="to">Takes the bytes.</param>
    /// <param name="options">What snapshots may have.</param>
    /// <param name="captured">Called with what has been met.</param>
    internal void Write(ByteSink to, SnapshotOptions options, Action<SnapshotWriter>? captured)
    {
        to.WriteSigned(_node.Run.TimeProvider.GetUtcNow().UtcTicks); // so that what is left of waits is an instant
        if ((_operator?.Values ?? _values?.Values) is { } values)
        {
            WriteGraph(to, values, options, null, captured);
            return;
        }

        var (place, waiting) = Waiting();
        var wait = Ports[place].WaitInRun;
        to.WriteCount(place);
        to.WriteSigned(wait.Left?.Ticks ?? long.MinValue);
        to.WriteSigned(EndOf(wait));
        WriteArguments(to, options);
        WriteGraph(to, (object[])[waiting, .. Ports.SelectMany(static port => new object[] { port.HeldItems, port.LastItem })], options, writer => writer.Waits.Add(Ports[place], waiting, Ports[0]), captured);
    }

    internal void Read(byte[] state, SnapshotOptions options, KeptConfiguration? configuration)
    {
        var from = new ByteSource(state, 1, state.Length);
        var downtime = new TimeSpan(_node.Run.TimeProvider.GetUtcNow().UtcTicks - from.ReadSigned());
        options = options.Copy(configuration?.DowntimeCounts == true && downtime > TimeSpan.Zero ? downtime : TimeSpan.Zero);
        if (_operator is not null)
        {
            _operator.Set((object?[])ReadGraph(from, options, null));
            return;
        }

        if (_values is not null)
        {
            if (!_values.TrySet((object?[])ReadGraph(from, options, null)))
            {
                throw new SnapshotException("It was stored by a pool of another kind. Give the pool its old kind or order, or start the job under another name.");
            }

            return;
        }

        var place = (int)from.ReadVarint();
        var left = from.ReadSigned();
        var until = from.ReadSigned();
        var kind = until switch { Pause => WaitKind.Pause, PauseAfterClose => WaitKind.PauseAfterClose, _ => WaitKind.Receive };
        if (place >= Ports.Length || until >= Ports.Length || until < PauseAfterClose)
        {
            throw new SnapshotException("It has fewer inboxes than the stored one.");
        }

        CompareArguments(from, options, configuration?.Accepts(_node.Name) == true);
        ReadGraph(from, options, reader => reader.Check(() =>
        {
            var root = (object?[])reader.Objects[0]!;
            var waiting = root[0] as Coroutine ?? throw new SnapshotException("The snapshot is damaged: nothing waits at a node.");
            StateMachineFields.Set(RootOf(waiting), _changed);
            Ports[place].RestoreInRun(waiting, kind);
            reader.Waits.Add(Ports[place], waiting, Ports[0]);
            _inner = reader.Ports;
            for (var i = 0; i < Ports.Length; i++)
            {
                Ports[i].HeldItems = ItemsOf(root, (2 * i) + 1);
                Ports[i].LastItem = ItemsOf(root, (2 * i) + 2);
            }

            if (configuration?.Accepts(_node.Name) != true)
            {
                KeyArguments.Compare(RootOf(waiting), _node.Name);
            }
        }));
        _goOn = () =>
        {
            Array.ForEach(Ports[..(place + 1)], static port => port.OpenInput()); // inboxes that open in turn, up to the one that it has come to
            var task = until < CompletedTask || until == NoTask ? null : until == CompletedTask ? Task.CompletedTask : Ports[(int)until].Closing ?? Task.CompletedTask;
            Ports[place].GoOnInRun(new(kind, left == long.MinValue ? null : TimeLeft.After(new TimeSpan(left), options.Downtime), task));
        };
    }

    /// <summary>The coroutine that all others between it and the wait were called by.</summary>
    internal static Coroutine RootOf(Coroutine waiting)
    {
        while (waiting.Continuation is Coroutine outer)
        {
            waiting = outer;
        }

        return waiting;
    }

    private static Array ItemsOf(object?[] root, int at) =>
        at < root.Length && root[at] is Array items ? items : throw new SnapshotException("The snapshot is damaged: an inbox has no items.");

    /// <summary>All nodes are there.</summary>
    internal void GoOn()
    {
        _goOn?.Invoke();
        _inner.ForEach(static port => port.ResumeWait());
        (_goOn, _inner) = (null, []);
    }

    /// <summary>The inbox at which the coroutine waits.</summary>
    private (int Place, Coroutine Waiting) Waiting()
    {
        var places = Enumerable.Range(0, Ports.Length).Where(i => Ports[i].WaitingCoroutine is not null).ToArray();
        return places is [var only]
            ? (only, Ports[only].WaitingCoroutine!)
            : throw Refuse(places.Length == 0 ? "it does not wait at an inbox" : "coroutines of it wait at several inboxes at a time");
    }

    private NotPortableException Refuse(string reason) => new($"'{_node.Name}' cannot be stored: {reason}.", null, null, null, reason);

    private long EndOf(WaitInRun wait) => wait switch
    {
        { Kind: WaitKind.Pause } => Pause,
        { Kind: WaitKind.PauseAfterClose } => PauseAfterClose,
        { Until: null } => NoTask,
        { Until.IsCompleted: true } => CompletedTask,
        { Until: var until } => SlotOf(until),
    };

    private int SlotOf(Task until)
    {
        var slot = Array.FindIndex(Ports, port => ReferenceEquals(port.GivenClosing, until));
        return slot >= 0 ? slot : throw Refuse($"it waits for an item or for a task (TryReceiveAsync): {PortableTypes.Refusal(typeof(Task))}");
    }

    private void WriteGraph(ByteSink to, object root, SnapshotOptions options, Action<SnapshotWriter>? begin, Action<SnapshotWriter>? captured)
    {
        SnapshotWriter? last = null;
        var snapshot = SnapshotFormat.TryCapture(root, WithOutsides(options), moves: false, out var blocked, Begin);
        to.WriteBytes(snapshot?.ToBytes() ?? throw Refuse($"'{blocked!.Receiver.Name}', which it refers to, is in the middle of something"));
        captured?.Invoke(last!);

        void Begin(SnapshotWriter writer)
        {
            last = writer;
            begin?.Invoke(writer);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Who makes states of nodes says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who makes states of nodes says so.")]
    private object ReadGraph(ByteSource from, SnapshotOptions options, Action<SnapshotReader>? begin)
    {
        CoroutineSnapshot.Parse(from.ReadBytes(from.Left), WithOutsides(options)).Open(out var root, begin);
        return root;
    }

    /// <summary>Neighbours and arguments are named, and not stored.</summary>
    private SnapshotOptions WithOutsides(SnapshotOptions options)
    {
        var all = options.Copy();
        all.Outside[InnerTargetCodec.NodeName] = _node;
        foreach (var (name, item) in SpecObjects.Of(_node.Blueprint.Spec))
        {
            all.Outside[name] = item;
        }

        all.Outside["outputs"] = _outputs;
        all.Outside["clock"] = _node.Run.TimeProvider;
        foreach (var (name, item) in _arguments?.Objects ?? _operator?.Configuration ?? [])
        {
            all.Outside["argument " + name] = item;
        }

        for (var i = 0; i < _outputs.Length; i++)
        {
            all.Outside[string.Create(CultureInfo.InvariantCulture, $"output {i}")] = _outputs[i];
        }

        for (var i = 0; i < Ports.Length; i++)
        {
            all.Outside[string.Create(CultureInfo.InvariantCulture, $"inbox {i}")] = Ports[i];
            all.Outside[string.Create(CultureInfo.InvariantCulture, $"closing {i}")] = Ports[i].GivenClosing ?? Ports[i].Closing ?? Task.CompletedTask;
        }

        return all;
    }

    private void WriteArguments(ByteSink to, SnapshotOptions options)
    {
        var plain = _arguments!.Plain.ToArray();
        var bytes = SnapshotFormat.TryCapture(plain.SelectMany(static value => new[] { value.Name, value.Value }).ToArray(), options, moves: false, out _)!.ToBytes();
        to.WriteCount(bytes.Length);
        to.WriteBytes(bytes);
    }

    /// <summary>Of the application's methods only; what an operator of the library was made with is the program's.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Who makes states of nodes says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who makes states of nodes says so.")]
    private void CompareArguments(ByteSource from, SnapshotOptions options, bool acceptsOthers)
    {
        CoroutineSnapshot.Parse(from.ReadBytes(from.ReadCount()), options).Open(out var root);
        var values = (object?[])root;
        var now = _arguments!.Plain.ToDictionary(static value => value.Name, static value => value.Value, StringComparer.Ordinal);
        for (var i = 0; i < values.Length; i += 2)
        {
            var name = (string)values[i]!;
            if (!now.TryGetValue(name, out var value) || Equals(value, values[i + 1]))
            {
                continue;
            }

            if (_arguments.IsOfLibrary)
            {
                _changed.Add(name, value);
            }
            else if (!acceptsOthers)
            {
                throw _arguments.Refuse(name, values[i + 1], value, _node.Name);
            }
        }
    }
}
