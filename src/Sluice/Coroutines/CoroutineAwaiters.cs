namespace Sluice;

/// <summary>An awaiter at which a coroutine parks: no task, no delegate, no captured context.</summary>
internal interface IParkingAwaiter
{
    /// <summary>Called right after the awaiter said that it is not completed. Must not throw: the compiler's code
    /// would skip the <c>finally</c> blocks around the await.</summary>
    void Park(Coroutine coroutine);

    /// <summary>The place at which it parks, if a snapshot can name it; null in an awaiter that is not in use.</summary>
    IParkingPlace? Place { get; }
}

/// <summary>The awaiter of another coroutine: delegation.</summary>
internal interface IChildAwaiter
{
    Coroutine Child { get; }
}

/// <summary>A generator, as the home of its coroutines: it has no strand of its own but runs within its caller, like
/// a call.</summary>
internal interface IGeneratorHome : IStrandHome
{
    /// <summary>One of its coroutines is about to wait for something foreign, which ends the generator.</summary>
    void GoAway();
}

/// <summary>A receiver of messages: used to name it, and to find cycles.</summary>
internal interface IReceiver
{
    string Name { get; }

    /// <summary>The send or close that the receiver itself waits for, if it does.</summary>
    PendingMessage? WaitsFor { get; }

    /// <summary>Describes what a sender does while this has not taken its item.</summary>
    string DescribeSend => $"waits for '{Name}' to take an item";
}

/// <summary>Owns an outermost coroutine and is told when it ends.</summary>
internal interface ICoroutineOwner : IReceiver
{
    /// <summary>Takes the note that its coroutine waits for a send, or takes it off again.</summary>
    void SetWaitsFor(PendingMessage? send);

    void OnEnded(Coroutine root);
}
