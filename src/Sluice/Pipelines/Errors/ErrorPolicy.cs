using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The treatment of a stage or a sink that fails at an item, or of a source that fails: given to <see cref="Stage{TIn,TOut}.OnError(ErrorPolicy)"/>,
/// <see cref="Sink{T}.OnError(ErrorPolicy)"/> and <see cref="Source{T}.OnError(ErrorPolicy)"/>.</summary>
/// <remarks>
/// <para>A stage that fails has ended: its <c>finally</c> blocks have run and its locals are gone. A policy that goes on starts
/// the stage again, so its state begins fresh; keep what must survive outside the stage. What the failed one had sent on
/// stays sent, so a stage that sends several results for an item may send some of them again when the item is retried
/// (at least once).</para>
/// <para>A failure that the policy gives up on fails the run as it is; the policy is then in
/// <c>Exception.Data["Sluice.ErrorPolicy"]</c>, such as <c>restart 3</c>.</para>
/// <para>Thread safety: immutable; may be used by any number of stages and runs.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ErrorPolicy
{
    private readonly PolicyKind _kind;
    private readonly int? _limit;
    private readonly bool _skipsItem;
    private readonly Func<Exception, bool>? _filter;
    private readonly string? _filterText;

    private ErrorPolicy(PolicyKind kind, int? limit, bool skipsItem, Backoff? backoff)
    {
        _kind = kind;
        _limit = limit;
        _skipsItem = skipsItem;
        Backoff = backoff;
    }

    private ErrorPolicy(ErrorPolicy policy)
        : this(policy._kind, policy._limit, policy._skipsItem, policy.Backoff)
    {
        _filter = policy._filter;
        _filterText = policy._filterText;
        ResetTime = policy.ResetTime;
    }

    private ErrorPolicy(ErrorPolicy policy, Func<Exception, bool> filter, string? text)
        : this(policy)
    {
        _filter = policy._filter is { } before ? error => before(error) && filter(error) : filter;
        _filterText = policy._filterText is null ? text : $"{policy._filterText} and {text}";
    }

    private enum PolicyKind
    {
        Stop,
        Skip,
        Retry,
        Restart,
    }

    /// <summary>The choices at a failure.</summary>
    internal enum Decision
    {
        Stop,
        Skip,
        Again,
    }

    /// <summary>The failure fails the run, as it does without a policy.</summary>
    public static ErrorPolicy Stop { get; } = new(PolicyKind.Stop, 0, skipsItem: false, null);

    /// <summary>The failing item is left out; a fresh coroutine of the stage gets the next one.</summary>
    public static ErrorPolicy Skip { get; } = new(PolicyKind.Skip, 0, skipsItem: true, null);

    internal Backoff? Backoff { get; }

    /// <summary>The time without a failure after which its counts begin again; null if they do not, or with an item that is handled.</summary>
    internal TimeSpan? ResetTime { get; private init; }

    /// <summary>Gets whether it may leave out the item that fails.</summary>
    internal bool SkipsItem => _skipsItem;

    /// <summary>The failing item is given to a fresh coroutine of the stage, and again, until it is handled.</summary>
    /// <remarks>The next item waits until this one is done with: the order stays, and nothing is buffered.</remarks>
    /// <param name="count">How often an item is tried again, after the first time; 1 or more.</param>
    /// <param name="backoff">How long to wait before each retry, on the clock of the run
    /// (<see cref="RunOptions.TimeProvider"/>). Default null: no wait.</param>
    /// <param name="thenSkip">What happens to an item that fails once more: true, it is left out as with
    /// <see cref="Skip"/>; false (the default), it fails the run with its last error.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is less than 1.</exception>
    public static ErrorPolicy Retry(int count, Backoff? backoff = null, bool thenSkip = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(PolicyKind.Retry, count, thenSkip, backoff);
    }

    /// <summary>The stage is started again at any items that it fails at, without an end or a number of times in a run; then a
    /// failure fails the run.</summary>
    /// <param name="limit">How often the stage may be started again in a run, in all; 1 or more. Null: without an end, which a
    /// run that goes on for weeks needs; then a <paramref name="backoff"/> keeps an item that fails each time from being tried
    /// again and again without a pause.</param>
    /// <param name="backoff">How long to wait before each new start, longer while no item is handled in between; on the clock
    /// of the run (<see cref="RunOptions.TimeProvider"/>). Default null: no wait.</param>
    /// <param name="skipItem">Whether the fresh coroutine goes on with the next item; false (the default): it gets the failing
    /// one again.</param>
    /// <returns>The policy.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="limit"/> is less than 1.</exception>
    /// <exception cref="ArgumentNullException">Thrown: there is neither a limit nor a backoff, and the failing item is given
    /// again.</exception>
    public static ErrorPolicy Restart(int? limit, Backoff? backoff = null, bool skipItem = false)
    {
        if (limit is { } most)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(limit));
        }
        else if (!skipItem && backoff is null)
        {
            throw new ArgumentNullException(nameof(backoff), "Without a limit an item that fails each time would be tried for ever without a pause: give a limit or a backoff, or skip the item.");
        }

        return new(PolicyKind.Restart, limit, skipItem, backoff);
    }

    /// <summary>The same policy for some errors only; all others fail the run as without a policy.</summary>
    /// <param name="filter">Chooses the errors that the policy is for. Asked within the run, at each failure. Asked after the
    /// filters that the policy has already, all of which have to agree. What it throws fails the stage, together with the
    /// error.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>A policy with the filter.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="filter"/> is null.</exception>
    public ErrorPolicy For(Func<Exception, bool> filter, [CallerArgumentExpression(nameof(filter))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new(this, filter, NodeNames.Detail(expression));
    }

    /// <summary>The same policy with counts that begin again after a time without a failure: the restarts up to its limit, and the waits of its backoff.</summary>
    /// <remarks>So it is for what works for weeks and then fails a few times, and gives up on what fails again and again. Without this the limit is for the whole
    /// run, and the waits begin again with each item that is handled: for something that handles one item and fails at the next they never grow.</remarks>
    /// <param name="time">How long the stage, sink or source has to run without a failure since it was started again, on the clock of the run; more than zero.</param>
    /// <returns>A policy whose counts begin again.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="time"/> is not more than zero.</exception>
    /// <exception cref="InvalidOperationException">Thrown: this is not a policy of <see cref="Restart"/>. Others count nothing over a run.</exception>
    public ErrorPolicy ResetAfter(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return _kind == PolicyKind.Restart
            ? new(this) { ResetTime = time }
            : throw new InvalidOperationException($"'{this}' counts nothing over a run that could begin again. Use {nameof(ErrorPolicy)}.{nameof(Restart)}.");
    }

    /// <summary>The same policy for errors of one type only; all others fail the run as without a policy.</summary>
    /// <typeparam name="TException">The type; types derived from it count too.</typeparam>
    /// <returns>A policy with the filter.</returns>
    public ErrorPolicy For<TException>()
        where TException : Exception => For(static error => error is TException, typeof(TException).Name);

    /// <summary>Describes it in a few words, as graphs show it.</summary>
    /// <returns>Such as <c>retry 3, then skip</c>.</returns>
    public override string ToString()
    {
        var text = _kind switch
        {
            PolicyKind.Stop => "stop",
            PolicyKind.Skip => "skip",
            PolicyKind.Retry => $"retry {_limit}, then {(_skipsItem ? "skip" : "stop")}",
            _ => $"restart{(_limit is { } limit ? $" {limit}" : "")}{(_skipsItem ? " and skip" : "")}{(ResetTime is { } time ? $", reset after {time}" : "")}",
        };
        return _filterText is null ? text : $"{text} for {_filterText}";
    }

    internal bool IsFor(Exception error) => _filter is null || _filter(error);

    /// <summary>The choices at a failure.</summary>
    /// <param name="failuresOfItem">How often the item has failed, this time included.</param>
    /// <param name="restarts">How often the policy has started the stage again in this run; counted here.</param>
    internal Decision Decide(int failuresOfItem, ref int restarts)
    {
        switch (_kind)
        {
            case PolicyKind.Skip:
                return Decision.Skip;
            case PolicyKind.Retry when failuresOfItem <= _limit:
                return Decision.Again;
            case PolicyKind.Retry:
                return _skipsItem ? Decision.Skip : Decision.Stop;
            case PolicyKind.Restart when _limit is null || restarts++ < _limit:
                return _skipsItem ? Decision.Skip : Decision.Again;
            default:
                return Decision.Stop;
        }
    }

    /// <summary>Gets whether a fresh start waits even if the item is left out.</summary>
    internal bool WaitsToSkip => _kind == PolicyKind.Restart;
}
