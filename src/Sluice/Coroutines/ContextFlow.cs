namespace Sluice;

/// <summary>Keeps an <see cref="ExecutionContext"/> where it belongs.</summary>
internal static class ContextFlow
{
    /// <summary>Keeps a continuation's context, for awaiters whose caller does not do it itself.</summary>
    internal static Action Keep(Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        return ExecutionContext.Capture() is { } context
            ? () => ExecutionContext.Run(context, static state => ((Action)state!)(), continuation)
            : continuation;
    }

    /// <summary>Gives the thread back the context that it had; does nothing if that is the one that it has, or if its flow
    /// was suppressed then.</summary>
    internal static void Restore(ExecutionContext? context)
    {
        if (context is not null && ExecutionContext.Capture() != context)
        {
            ExecutionContext.Restore(context);
        }
    }
}
