namespace Sluice;

/// <summary>A port of a node, as state.</summary>
internal interface INodePort : IPortState
{
    /// <inheritdoc cref="CoroutineTarget{T}.WaitingCoroutine"/>
    Coroutine? WaitingCoroutine { get; }

    /// <inheritdoc cref="CoroutineTarget{T}.CurrentWait"/>
    WaitInRun WaitInRun { get; }

    /// <summary>Completes when its inbox is closed; see <see cref="CoroutineTarget{T}.Closing"/>.</summary>
    Task? Closing { get; }

    /// <inheritdoc cref="CoroutineTarget{T}.GivenClosing"/>
    Task? GivenClosing { get; }

    /// <summary>The items that are held, as an array of their type.</summary>
    Array HeldItems { get; set; }

    /// <inheritdoc cref="CoroutineTarget{T}.LastItem"/>
    Array LastItem { get; set; }

    /// <inheritdoc cref="CoroutineTarget{T}.OpenInput"/>
    void OpenInput();

    void RestoreInRun(Coroutine waiting, WaitKind kind);

    void GoOnInRun(in WaitInRun wait);
}

/// <summary>The kinds of waits at a port.</summary>
internal enum WaitKind
{
    /// <summary>For an item.</summary>
    Receive,

    /// <summary>For a time or a signal alone.</summary>
    Pause,

    /// <summary>The same behind the end of the input.</summary>
    PauseAfterClose,
}

/// <summary>The wait of a coroutine at a port.</summary>
/// <param name="Kind">What it waits for.</param>
/// <param name="Left">For how long at most; null: without a limit.</param>
/// <param name="Until">The task with whose end it is over.</param>
internal readonly record struct WaitInRun(WaitKind Kind, TimeSpan? Left, Task? Until);
