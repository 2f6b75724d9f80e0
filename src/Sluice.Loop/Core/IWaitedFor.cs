namespace Sluice;

/// <summary>An object that a <see cref="Waiter"/> can wait for.</summary>
internal interface IWaitedFor
{
    /// <summary>For people: completes the sentence "waits for ...".</summary>
    string Description { get; }

    /// <summary>The waiter was cancelled: forget it.</summary>
    void Abandon(Waiter waiter);
}
