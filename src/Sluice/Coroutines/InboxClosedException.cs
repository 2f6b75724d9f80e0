namespace Sluice;

/// <summary>
/// Thrown by <see cref="Inbox{T}.ReceiveAsync"/> when the inbox is closed and nothing more will come. It corresponds to Python's
/// <c>GeneratorExit</c> at a bare <c>yield</c>.
/// </summary>
/// <remarks>
/// <para>It may escape from the coroutine that the inbox was given to: that is a normal end. If it escapes from another one, to which the
/// first delegated by an await, the end has come in the middle of what that one was to read, and the run fails with an
/// <see cref="IncompleteInputException"/>, unless <see cref="RunOptions.IncompleteInput"/> is <see cref="IncompleteInput.End"/>.</para>
/// <para>A coroutine that reads a part of the input sees the end, without an exception, with <c>await foreach</c> or
/// <see cref="Inbox{T}.TryReceiveAsync()"/>.</para>
/// </remarks>
public sealed class InboxClosedException : InvalidOperationException
{
    /// <summary>The number of coroutines that it names at either end of a path; those in between are counted only. A path may have a million.</summary>
    private const int MaxNamed = 4;

    /// <summary>Those that it has escaped from, the innermost first. Owner: the strand. Null before, and in one that came from another process.</summary>
    private List<Coroutine>? _escaped;

    /// <summary>The number of names that are not in the list: behind the first ones.</summary>
    private int _unnamed;

    internal InboxClosedException(object port, string name)
        : base($"The inbox of '{name}' is closed: no more items will come. Receive with 'await foreach' or 'TryReceiveAsync' to see the end without an exception.") =>
        Port = port;

    /// <summary>The coroutines that it has escaped from so far, the outermost first, such as <c>Sums > ReadBlock</c>: the last one was to
    /// receive. Empty where it was thrown. Of a path of more than eight, the first and the last four.</summary>
    public string DelegationPath => _escaped is null ? "" : string.Join(" > ", Names(_escaped));

    /// <inheritdoc/>
    public override string Message => _escaped is null ? base.Message : $"{base.Message} It has come out of {DelegationPath}.";

    /// <summary>The port whose inbox closed: only its owner ends normally by this exception.</summary>
    internal object Port { get; }

    /// <summary>Gets whether it has escaped from more than the coroutine that the inbox was given to.</summary>
    internal bool IsDelegated => _escaped is { Count: > 1 };

    /// <summary>The one that was to receive.</summary>
    internal string Receiver => _escaped is null ? "" : _escaped[0].MethodName;

    internal void EscapeFrom(Coroutine coroutine)
    {
        _escaped ??= [];
        if (_escaped.Count == 2 * MaxNamed)
        {
            _escaped.RemoveAt(MaxNamed);
            _unnamed++;
        }

        _escaped.Add(coroutine);
    }

    private IEnumerable<string> Names(List<Coroutine> escaped)
    {
        for (var i = escaped.Count - 1; i >= 0; i--)
        {
            yield return escaped[i].MethodName;
            if (i == MaxNamed && _unnamed > 0)
            {
                yield return $"... {_unnamed} more ...";
            }
        }
    }
}
