namespace Sluice;

/// <summary>What a <see cref="Waiter"/> waits for.</summary>
internal interface IWaitedFor
{
    /// <summary>For people: completes the sentence "waits for ...".</summary>
    string Description { get; }

    /// <summary>The waiter was cancelled: forget it.</summary>
    void Abandon(Waiter waiter);
}
