namespace Sluice;

/// <summary>Everything about an exchange that only some generators need.</summary>
internal sealed class ExchangeDetails<TOut>
{
    internal string? Name;

    /// <summary>The error that the resumed body has to raise.</summary>
    internal Exception? Raise;

    /// <summary>The generator that this one delegates to.</summary>
    internal Exchange<TOut>? Inner;

    /// <summary>The generator that delegates to this one.</summary>
    internal Exchange<TOut>? Outer;

    /// <summary>In the outermost of a chain of delegations between two steps: the one that waits at a yield.</summary>
    internal Exchange<TOut>? Innermost;

    /// <summary>The failure, and whether a caller has seen it.</summary>
    internal Exception? Failure;

    internal bool FailureIsKnown;

    /// <summary>It is being closed, so that its own <see cref="ExchangeClosedException"/> is a normal end.</summary>
    internal bool IsClosing;

    /// <summary>It ended because it was closed, and returned nothing.</summary>
    internal bool IsClosed;

    internal int YieldsPastEnd;
}
