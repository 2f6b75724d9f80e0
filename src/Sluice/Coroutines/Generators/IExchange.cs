namespace Sluice;

/// <summary>A generator's port, as a value that can be stored. All but the first are of one that is between two steps.</summary>
internal interface IExchange : IParkingPlace, ICoroutineOwner, IStrandHome
{
    bool IsBetweenSteps { get; }

    /// <summary>The coroutine that waits at a yield or for another generator; null if none has begun, or all have ended.</summary>
    Coroutine? Parked { get; }

    /// <summary>The outermost coroutine, once it has begun.</summary>
    Coroutine? Root { get; }

    /// <summary>The generator that this one delegates to.</summary>
    IExchange? DelegatesTo { get; }

    /// <summary>The generator that delegates to this one.</summary>
    IExchange? DelegatedBy { get; }

    /// <summary>In the outermost of a chain of delegations: the one that waits at a yield.</summary>
    IExchange? Innermost { get; }
}
