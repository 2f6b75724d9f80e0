namespace Sluice;

/// <summary>Something that a coroutine keeps cannot be stored: the message names the coroutine, the variable and the type,
/// and says what to do. The coroutine itself is as before.</summary>
public sealed class NotPortableException : InvalidOperationException
{
    internal NotPortableException(string message, string? coroutine, string? variable, Type? type, string reason)
        : base(message)
    {
        Coroutine = coroutine;
        Variable = variable;
        VariableType = type;
        Reason = reason;
    }

    /// <summary>The reason and the way out, without the place.</summary>
    internal string Reason { get; }

    /// <summary>The method of the coroutine that keeps it; null if that is not known.</summary>
    public string? Coroutine { get; }

    /// <summary>The variable, and the way from it: <c>cache.file</c>. Null if that is not known.</summary>
    public string? Variable { get; }

    /// <summary>The type that cannot be stored, if it is about one.</summary>
    public Type? VariableType { get; }
}
