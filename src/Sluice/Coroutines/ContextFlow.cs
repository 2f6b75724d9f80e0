namespace Sluice;

/// <summary>Keeps a continuation's <see cref="ExecutionContext"/>, for awaiters whose caller does not do it itself.</summary>
internal static class ContextFlow
{
    internal static Action Keep(Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        return ExecutionContext.Capture() is { } context
            ? () => ExecutionContext.Run(context, static state => ((Action)state!)(), continuation)
            : continuation;
    }
}
