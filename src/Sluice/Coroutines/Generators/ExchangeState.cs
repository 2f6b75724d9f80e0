namespace Sluice;

/// <summary>States of a generator, seen from its exchange.</summary>
internal enum ExchangeState
{
    /// <summary>Nothing has run yet.</summary>
    NotStarted,

    /// <summary>The body runs; or, in the outermost of a chain of delegations, one further in.</summary>
    Running,

    /// <summary>The body went away to something that no step can wait for: the step is about to fail.</summary>
    Away,

    /// <summary>The body is resumed to raise an error where it waits.</summary>
    Raising,

    /// <summary>The body waits at a yield: the only state that the fast path knows.</summary>
    Suspended,

    /// <summary>The body waits for another generator that it delegates to.</summary>
    Delegating,

    /// <summary>As <see cref="Suspended"/>, but for a generator that delegates to this one.</summary>
    Lent,

    /// <summary>It ended, in any way.</summary>
    Ended,
}
