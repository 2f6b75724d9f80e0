namespace Sluice.Bench;

/// <summary>The peer that sets the scale: a stage written by hand as an object with a virtual method. It cannot wait, so
/// it has neither back-pressure nor a straight-line body.</summary>
public abstract class Handler<T>
{
    /// <summary>Handles one item.</summary>
    public abstract void Send(T item);
}

/// <summary>Passes on the lines that contain a text.</summary>
public sealed class GrepHandler(Handler<string> next, string pattern) : Handler<string>
{
    /// <inheritdoc/>
    public override void Send(string item)
    {
        if (item.Contains(pattern, StringComparison.Ordinal))
        {
            next.Send(item);
        }
    }
}

/// <summary>Passes everything on.</summary>
public sealed class PassHandler<T>(Handler<T> next) : Handler<T>
{
    /// <inheritdoc/>
    public override void Send(T item) => next.Send(item);
}

/// <summary>Passes on what a condition holds for.</summary>
public sealed class WhereHandler<T>(Handler<T> next, Func<T, bool> predicate) : Handler<T>
{
    /// <inheritdoc/>
    public override void Send(T item)
    {
        if (predicate(item))
        {
            next.Send(item);
        }
    }
}

/// <summary>Passes on something else.</summary>
public sealed class SelectHandler<TIn, TOut>(Handler<TOut> next, Func<TIn, TOut> selector) : Handler<TIn>
{
    /// <inheritdoc/>
    public override void Send(TIn item) => next.Send(selector(item));
}

/// <summary>Counts.</summary>
public sealed class CountHandler<T> : Handler<T>
{
    /// <summary>The number of items that came.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override void Send(T item) => Count++;
}
