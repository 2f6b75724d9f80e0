namespace Sluice;

/// <summary>A place where coroutines park: a port or an exchange.</summary>
internal interface IParkingPlace
{
    bool IsParkedHere(Coroutine coroutine);
}

/// <summary>A coroutine's port, as control messages see it. Its members are called within the port's strand, except those that say
/// otherwise.</summary>
internal interface IPort : IParkingPlace
{
    /// <summary>The receiver that handles its messages: its name, and for finding cycles.</summary>
    IReceiver Receiver { get; }

    /// <summary>Gets whether its coroutine waits for the next message, or has ended.</summary>
    bool IsAtRest { get; }

    /// <summary>Sends a message, as an item is sent. Any thread.</summary>
    ValueTask Enter(ControlMessage message);

    /// <summary>Leaves a message behind what the port has to do now. Any thread.</summary>
    /// <param name="message">The message; a new send is made for it.</param>
    void EnterBehind(ControlMessage message);

    /// <summary>Gives the port a send of its own that is not done again. Any thread.</summary>
    void Reenter(PendingMessage send);

    /// <summary>Resumes the coroutine with its inbox closed.</summary>
    void ResumeClosed(PendingMessage send);

    /// <summary>Resumes the coroutine so that its receive raises the error.</summary>
    void ResumeRaising(PendingMessage send, Exception error);

    /// <summary>Enters the port's strand, if no other thread is in there. Any thread.</summary>
    bool TryHold(PortHolds holds);

    /// <summary>Leaves it again.</summary>
    void Release(in StrandThread.Hold hold);

    /// <summary>The error for a sender whose message found the receiver ended; <paramref name="unsent"/> is what it wanted to raise.</summary>
    Exception ClosedForSender(Exception? unsent);
}

/// <summary>A port as a value that can be stored: looked at while it is at rest, and made again from that.</summary>
internal interface IPortState : IPort
{
    /// <summary>The state of one that is at rest.</summary>
    RestingPort Rest { get; }

    /// <summary>Makes a port that has done nothing yet like that.</summary>
    void Restore(Strand? strand, in RestingPort rest);

    /// <summary>Returns whether the coroutine is one that the port can belong to.</summary>
    bool CanEndWith(Coroutine root);

    /// <summary>Begins the rest of the wait that the coroutine was in when it was captured.</summary>
    void ResumeWait();

    /// <summary>Ends the port, because its coroutine goes on elsewhere.</summary>
    void EndMoved();
}

/// <summary>The state of a port at rest.</summary>
/// <param name="HasEnded">Whether its coroutine has ended; else it waits.</param>
/// <param name="HasFailed">Whether it has ended with an error.</param>
/// <param name="Name">The name that the port was given, or had at its end.</param>
/// <param name="Waiting">The coroutine that waits.</param>
/// <param name="WaitsForTask">Whether it waits for a task too.</param>
/// <param name="Left">For how long it waits at most; null for without a limit.</param>
internal readonly record struct RestingPort(bool HasEnded, bool HasFailed, string? Name, Coroutine? Waiting, bool WaitsForTask, TimeSpan? Left);
