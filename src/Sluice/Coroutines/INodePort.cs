namespace Sluice;

/// <summary>A port of a node, as state.</summary>
internal interface INodePort : IPortState
{
    /// <inheritdoc cref="CoroutineTarget{T}.WaitingCoroutine"/>
    Coroutine? WaitingCoroutine { get; }

    /// <inheritdoc cref="CoroutineTarget{T}.WaitInRun"/>
    (TimeSpan? Left, Task? Until) WaitInRun { get; }

    /// <summary>Completes when its inbox is closed; see <see cref="CoroutineTarget{T}.Closing"/>.</summary>
    Task? Closing { get; }

    /// <summary>The items that are held, as an array of their type.</summary>
    Array HeldItems { get; set; }

    /// <inheritdoc cref="CoroutineTarget{T}.LastItem"/>
    Array LastItem { get; set; }

    /// <inheritdoc cref="CoroutineTarget{T}.OpenInput"/>
    void OpenInput();

    void RestoreInRun(Coroutine waiting);

    void GoOnInRun(TimeSpan? left, Task? until);
}
