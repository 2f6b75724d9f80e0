namespace Sluice;

/// <summary>
/// Thrown by a send when the receiver has ended or was closed (Python's <c>StopIteration</c> at a send). Its inner
/// exception is what the receiver failed with, if it failed.
/// </summary>
public sealed class TargetClosedException : InvalidOperationException
{
    internal TargetClosedException(object port, string name, Exception? cause, bool failed)
        : base(failed ? $"'{name}' takes no more items: it failed. See the inner exception." : $"'{name}' takes no more items: it has ended or was closed.", cause)
    {
        Port = port;
        TargetName = name;
        Failed = failed;
    }

    /// <summary>The name of the receiver that has ended.</summary>
    public string TargetName { get; }

    /// <summary>Gets whether the receiver ended with a failure, which is then the inner exception.</summary>
    public bool Failed { get; }

    /// <summary>The port that ended: a node ends normally by this exception only if it is one of its own outputs.</summary>
    internal object Port { get; }
}

/// <summary>
/// The error that <see cref="Generator{TOut}.Close"/> raises in a generator's body at the yield where it waits (Python's
/// <c>GeneratorExit</c>). Let it pass: that is a normal end.
/// </summary>
public sealed class ExchangeClosedException : InvalidOperationException
{
    internal ExchangeClosedException(object port, string name)
        : base($"The generator '{name}' is closed: it is not to yield any more.") =>
        Port = port;

    /// <summary>The exchange that was closed: only its own generator ends normally by this exception.</summary>
    internal object Port { get; }
}

/// <summary>
/// Thrown when a generator is asked for more and has ended, by this call or before (Python's <c>StopIteration</c>). Its
/// inner exception is what the generator failed with earlier, if it failed.
/// </summary>
public sealed class GeneratorCompletedException : InvalidOperationException
{
    internal GeneratorCompletedException(string name, object? result, Exception? failure)
        : base(failure is null ? $"The generator '{name}' has ended and yields nothing more. TryNext and TrySend tell so without an exception." : $"The generator '{name}' yields nothing more: it failed. See the inner exception.", failure) =>
        Result = result;

    /// <summary>The result of the generator; null if it has no result, was closed or failed.</summary>
    public object? Result { get; }
}
