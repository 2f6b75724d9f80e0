namespace Sluice;

/// <content>The start of the coroutine. Everything here runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    private void StartWithin(Func<Inbox<T>, Coroutine> body)
    {
        var root = Call(body);

        if (root.IsCompleted)
        {
            Details.Name ??= CoroutineNames.Readable(body.Method.Name); // no state machine was kept that could tell
        }

        Attach(root);
    }

    private Coroutine Call(Func<Inbox<T>, Coroutine> body)
    {
        try
        {
            return body(new Inbox<T>(this)) ?? throw new InvalidOperationException("The method returned null instead of a coroutine.");
        }
        catch (Exception error)
        {
            return new EndedCoroutine(error);
        }
    }

    private void Attach(Coroutine root)
    {
        if (!root.TryAttachTo(this))
        {
            EndWith(CoroutineStatus.Faulted, new InvalidOperationException($"'{root.MethodName}' was started as a target, but something awaits it already. Return a coroutine that nobody else uses."), null);
        }
    }
}
