namespace Sluice;

/// <summary>The open windows of all keys of <c>ForEachKey</c>, as its own coroutine sees them: whatever their items are.</summary>
internal abstract class WindowGroup
{
    /// <summary>Gets whether the clock may close some.</summary>
    internal abstract bool UsesClock { get; }

    /// <summary>How long it takes until the clock may close some of those that are open.</summary>
    internal abstract TimeSpan UntilLook { get; }

    /// <summary>Lets the clock move the watermark.</summary>
    internal abstract void Look();

    /// <summary>No more items come: all windows are over.</summary>
    internal abstract void End();

    /// <summary>Sends the windows that are over.</summary>
    internal abstract Coroutine SendOver();
}

/// <summary>The open windows of all keys that have one watermark, those that are over first.</summary>
internal sealed class WindowGroup<T>(EventTime<T> time, KeyWindows keys, TimeProvider clock) : WindowGroup
{
    private readonly Watermark<T> _watermark = new(time, clock);

    /// <summary>By the ends of their first windows. Those may have moved away since, so it is looked at again when its turn has come: an item of a session
    /// costs nothing here.</summary>
    private readonly DueQueue<WindowsInKey<T>> _due = new();

    private long _lastEnd = long.MinValue;

    internal EventTime<T> Time => time;

    internal Stage.ItemNumbers Numbers { get; } = new();

    internal override bool UsesClock => time.UsesClock;

    internal override TimeSpan UntilLook => _due.Count == 0 || !time.UsesClock ? Timeout.InfiniteTimeSpan : _watermark.UntilLook();

    internal override void Look()
    {
        if (time.UsesClock && _due.Count > 0)
        {
            _watermark.Look(_lastEnd);
        }
    }

    internal override void End() => _watermark.RaiseTo(long.MaxValue);

    internal override async Coroutine SendOver()
    {
        while (TakeFirst() is { } over)
        {
            await over.SendAsync();
        }
    }

    /// <summary>An item of a key has come: puts it into its windows.</summary>
    /// <returns>False if it is late.</returns>
    internal bool TryAdd(T item, WindowsInKey<T> windows)
    {
        var isInTime = _watermark.TryAdd(item, windows.Open);
        if (!windows.Open.TryGetFirst(out var end, out var order))
        {
            keys.AddEmpty(windows);
        }
        else
        {
            _lastEnd = Math.Max(_lastEnd, windows.Open.LastEnd);
            if (end < windows.QueuedEnd || (end == windows.QueuedEnd && order < windows.QueuedOrder))
            {
                Enqueue(windows, end, order);
            }
        }

        return isInTime;
    }

    /// <summary>Takes out the first window of all keys if the watermark has reached its end.</summary>
    internal OverInKey<T>? TakeFirst()
    {
        while (_due.Count > 0 && _due.First.Due <= _watermark.Value)
        {
            var (end, order, windows) = _due.First;
            if (end != windows.QueuedEnd || order != windows.QueuedOrder)
            {
                _due.RemoveFirst(); // an earlier window of the key came after this entry
                continue;
            }

            var window = windows.Open.TryGetFirst(out var first, out var its) && first == end && its == order ? windows.Open.TakeFirst(end) : null;
            if (windows.Open.TryGetFirst(out first, out its))
            {
                _due.MoveFirst(windows.QueuedEnd = first, windows.QueuedOrder = its);
            }
            else
            {
                _due.RemoveFirst();
                (windows.QueuedEnd, windows.QueuedOrder) = (long.MaxValue, long.MaxValue);
                keys.AddEmpty(windows);
            }

            if (window is not null)
            {
                return new(windows, window);
            }
        }

        return null;
    }

    private void Enqueue(WindowsInKey<T> windows, long end, long order)
    {
        (windows.QueuedEnd, windows.QueuedOrder) = (end, order);
        _due.Add(end, order, windows);
    }
}

/// <summary>The same, whatever its items are.</summary>
internal interface IWindowsInKey
{
    IStageKey Key { get; }

    bool IsEmpty { get; }
}

/// <summary>The open windows of one of the keys.</summary>
internal sealed class WindowsInKey<T>(Target<Window<T>> next, IStageKey key, OpenWindows<T> open) : IWindowsInKey
{
    internal Target<Window<T>> Next => next;

    public IStageKey Key => key;

    public bool IsEmpty => open.IsEmpty;

    internal OpenWindows<T> Open => open;

    /// <summary>The end of the first window, as it was when it came into the queue; never later than it is. The latest moment if it is in no queue.</summary>
    internal long QueuedEnd { get; set; } = long.MaxValue;

    internal long QueuedOrder { get; set; } = long.MaxValue;
}

/// <summary>A window that is over, of one of the keys.</summary>
internal readonly record struct OverInKey<T>(WindowsInKey<T> Of, Window<T> Window)
{
    /// <summary>Sends it where its key's stages go on. The error of these is noted as theirs, whichever key's item this comes from.</summary>
    internal async Coroutine SendAsync()
    {
        var of = Of;
        try
        {
            await of.Next.SendAsync(Window);
        }
        catch (TargetClosedException ended) when (!ended.Failed && ReferenceEquals(ended.Port, of.Next))
        {
            of.Open.Clear(); // the key ends with its next item
        }
        catch (Exception error) when (!of.Key.Note(error))
        {
            throw; // never: the filter only notes the key
        }
    }
}
