namespace Sluice;

/// <summary>The windows of all keys of one <c>ForEachKey</c> that have a watermark in common.</summary>
/// <param name="clock">The clock of the run.</param>
/// <param name="specs">The stages of each key.</param>
internal sealed class KeyWindows(TimeProvider clock, NodeSpec[] specs) : KeyScope
{
    /// <summary>A key has no other state than the windows of one stage, so that it can be let go when none is open.</summary>
    private readonly bool _letsGo = specs.Count(static spec => spec.Keeps == KeptState.OpenWindows) == 1 && !Array.Exists(specs, static spec => spec.Keeps == KeptState.Any);

    /// <summary>The stages before the windows hold nothing that they send when they are closed. Else what they send then would be late.</summary>
    private readonly bool _endsFirst = Array.FindLastIndex(specs, static spec => spec.Keeps == KeptState.OpenWindows) is var last and >= 0 && !Array.Exists(specs[..last], static spec => spec.Keeps == KeptState.Any);

    /// <summary>Of each stage with windows one, the last stage first, as the stages are started.</summary>
    private readonly List<(object Time, WindowGroup Group)> _groups = [];

    private readonly Queue<IWindowsInKey> _empty = new();

    internal bool UsesClock { get; private set; }

    internal TimeSpan UntilLook
    {
        get
        {
            var least = Timeout.InfiniteTimeSpan;
            foreach (var (_, group) in _groups)
            {
                if (group.UntilLook is var wait && wait != Timeout.InfiniteTimeSpan && (least == Timeout.InfiniteTimeSpan || wait < least))
                {
                    least = wait;
                }
            }

            return least;
        }
    }

    internal WindowGroup<T> GroupOf<T>(EventTime<T> time)
    {
        foreach (var (of, group) in _groups)
        {
            if (ReferenceEquals(of, time))
            {
                return (WindowGroup<T>)group;
            }
        }

        var made = new WindowGroup<T>(time, this, clock);
        _groups.Add((time, made));
        UsesClock |= made.UsesClock;
        return made;
    }

    internal bool HasEmpty => _empty.Count > 0;

    /// <summary>No window of the key is open.</summary>
    internal void AddEmpty(IWindowsInKey windows)
    {
        if (_letsGo)
        {
            _empty.Enqueue(windows);
        }
    }

    /// <summary>Takes a key that has no window open and may be let go; it may have gone already.</summary>
    internal IStageKey? TakeEmpty()
    {
        while (_empty.TryDequeue(out var windows))
        {
            if (windows.IsEmpty)
            {
                return windows.Key;
            }
        }

        return null;
    }

    /// <summary>Sends what is over by the clock.</summary>
    internal async Coroutine Look()
    {
        for (var i = _groups.Count - 1; i >= 0; i--)
        {
            _groups[i].Group.Look();
            await _groups[i].Group.SendOver();
        }
    }

    /// <summary>No more items come: sends all windows, those of a stage in the order of their ends.</summary>
    internal async Coroutine End()
    {
        for (var i = _groups.Count - 1; i >= 0 && _endsFirst; i--)
        {
            _groups[i].Group.End();
            await _groups[i].Group.SendOver();
        }
    }
}
