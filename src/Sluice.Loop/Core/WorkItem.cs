namespace Sluice;

/// <summary>Something that waits for its turn on the loop: an <see cref="Action"/>, an <see cref="Action{T}"/> or a
/// <see cref="SendOrPostCallback"/> with its state. As they come, so that nothing is wrapped.</summary>
internal readonly record struct WorkItem(Delegate Callback, object? State)
{
    internal void Run()
    {
        switch (Callback)
        {
            case Action<object?> callback:
                callback(State);
                break;
            case SendOrPostCallback callback:
                callback(State);
                break;
            default:
                ((Action)Callback)();
                break;
        }
    }
}
