using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The receiving side that a coroutine reads from: what is sent to its <see cref="Target{T}"/> arrives here.</summary>
/// <remarks>
/// Only a coroutine (a method that returns <see cref="Coroutine"/>) can receive, one receive at a time. Pass the inbox
/// on to await another coroutine that receives in your place. Thread safety: none; it belongs to its coroutine's
/// strand. Receiving does not allocate.
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
[DebuggerDisplay("{DebuggerText,nq}")]
public readonly struct Inbox<T>
{
    private readonly CoroutineTarget<T> _port;

    internal Inbox(CoroutineTarget<T> port) => _port = port;

    /// <summary>The token of the stage: give it to real I/O inside the stage. It is cancelled when the stage has no reason to
    /// go on: what it sends is not taken any more, a part of the run has failed, or the run was cancelled.</summary>
    /// <remarks>
    /// <para>An <see cref="OperationCanceledException"/> that escapes from the stage then counts as what has cancelled the token:
    /// as a normal end, as that failure and not a second one, or as the cancellation of the run.</para>
    /// <para>A target that is started inside a stage has the token of the run: it is cancelled when the run has failed or was
    /// cancelled. Never cancelled for a target that was started by hand outside of a pipeline. The token's source is made when
    /// this is first asked for. Thread safety: may be read from any thread. Callbacks that are registered with the token run
    /// within the pipeline; what they throw fails the run.</para>
    /// </remarks>
    public CancellationToken Cancellation => Port.Cancellation;

    /// <summary>The cause of a cancellation: a failure of the run, if it was one; else <paramref name="error"/>.</summary>
    internal Exception CauseOf(Exception error) => Port.CauseOf(error);

    /// <summary>The name of the coroutine.</summary>
    internal string Name => Port.Name;

    /// <inheritdoc cref="CoroutineTarget{T}.FailureOfRun"/>
    internal Exception? FailureOfRun => Port.FailureOfRun;

    /// <inheritdoc cref="CoroutineTarget{T}.NoteWaitForRoom"/>
    internal void NoteWaitForRoom(bool waits) => Port.NoteWaitForRoom(waits);

    /// <summary>Returns whether that is the end of this inbox.</summary>
    internal bool IsOwnClose(InboxClosedException end) => Port.IsOwnClose(end);

    /// <inheritdoc cref="CoroutineTarget{T}.IncompleteBy"/>
    internal IncompleteInputException? IncompleteBy(InboxClosedException end) => Port.IncompleteBy(end);

    /// <inheritdoc cref="CoroutineTarget{T}.CloseAlike"/>
    internal ValueTask CloseAlike(IStartedTarget target) => Port.CloseAlike(target);

    /// <inheritdoc cref="CoroutineTarget{T}.IsOver"/>
    internal bool IsOver => Port.IsOver;

    /// <inheritdoc cref="CoroutineTarget{T}.Closing"/>
    internal Task? Closing => Port.Closing;

    /// <inheritdoc cref="CoroutineTarget{T}.OpenInput"/>
    internal void OpenInput() => Port.OpenInput();

    /// <summary>Waits for the next item, at the longest until another inbox of the node is closed: what is received then is nothing.
    /// For coroutines that may have no reason to wait here then, and have handled the item of the other inbox.</summary>
    internal TryReceiveAwaitable ReceiveUntilClosed<TOther>(Inbox<TOther> other)
    {
        other.Port.ReleaseSender();
        return other.Closing is { } closing ? TryReceiveAsync(closing) : TryReceiveAsync(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts a coroutine that works for this one, and has its token.</summary>
    internal CoroutineTarget<TItem> StartInner<TItem>(Func<Inbox<TItem>, Coroutine> body, string? name = null) => Port.StartInner(body, name);

    /// <inheritdoc cref="CoroutineTarget{T}.RunNode"/>
    internal IReceiver? RunNode => Port.RunNode;

    /// <inheritdoc cref="CoroutineTarget{T}.CountLate"/>
    internal void CountLate() => Port.CountLate();

    /// <inheritdoc cref="CoroutineTarget{T}.IsParked"/>
    internal bool IsParked => Port.IsParked;

    /// <inheritdoc cref="CoroutineTarget{T}.PostControl"/>
    internal void PostControl(ControlMessage message) => Port.PostControl(message);

    /// <summary>The strand of the coroutine. Holder only.</summary>
    internal Strand Strand => ((IStrandHome)Port).Strand;

    /// <inheritdoc cref="CoroutineTarget{T}.FailsIfIncomplete"/>
    internal bool FailsIfIncomplete => Port.FailsIfIncomplete;

    /// <summary>The clock of the run; the system's for a target that was started by hand outside of a pipeline.</summary>
    public TimeProvider TimeProvider => Port.RunTimeProvider;

    private CoroutineTarget<T> Port => _port ?? ThrowHasNoPort();

    /// <summary>Waits for the next item. At the end of the input it throws <see cref="InboxClosedException"/>;
    /// <see cref="TryReceiveAsync()"/> and <c>await foreach</c> see the end without an exception.</summary>
    /// <remarks>In the stage's own coroutine that exception may escape: a normal end. In a coroutine that the stage delegates to, by awaiting
    /// it, it means that the input has ended in the middle of what that one reads: if it escapes from the stage the run fails, unless
    /// <see cref="RunOptions.IncompleteInput"/> says otherwise. Receive with <see cref="TryReceiveAsync()"/> there.</remarks>
    /// <returns>What to await; the result is the item.</returns>
    /// <exception cref="InboxClosedException">Awaited: the inbox is closed, and nothing more will come.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the run was cancelled.</exception>
    /// <exception cref="TargetClosedException">Awaited: what this stage sends is not taken any more. Raised once.</exception>
    /// <exception cref="Exception">Awaited: what was thrown in with <see cref="Target{T}.ThrowAsync"/>.</exception>
    public ReceiveAwaitable ReceiveAsync() => new(Port);

    /// <summary>Waits for the next item, or for the end of the input: the result says which it is. For a coroutine that reads a part of the
    /// input, and has to handle that it ends in the middle.</summary>
    /// <returns>What to await: the item, or that the inbox is closed.</returns>
    /// <exception cref="OperationCanceledException">Awaited: the run was cancelled.</exception>
    /// <exception cref="TargetClosedException">Awaited: what this stage sends is not taken any more. Raised once.</exception>
    /// <exception cref="Exception">Awaited: what was thrown in with <see cref="Target{T}.ThrowAsync"/>.</exception>
    public TryReceiveAwaitable TryReceiveAsync() => new(Port, Timeout.InfiniteTimeSpan, null);

    /// <summary>Waits for the next item, but not forever.</summary>
    /// <remarks>The time is that of <see cref="TimeProvider"/>. An item that waits already is always taken. Items that come
    /// in time cost no timer each.</remarks>
    /// <param name="timeout">How long to wait at the most; zero does not wait, <see cref="Timeout.InfiniteTimeSpan"/> waits forever.</param>
    /// <returns>What to await: the item, that none came in time, or that the inbox is closed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="timeout"/> is negative.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the run was cancelled.</exception>
    /// <exception cref="TargetClosedException">Awaited: what this stage sends is not taken any more. Raised once.</exception>
    /// <exception cref="Exception">Awaited: what was thrown in with <see cref="Target{T}.ThrowAsync"/>.</exception>
    public TryReceiveAwaitable TryReceiveAsync(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        return new(Port, timeout, null);
    }

    /// <summary>Waits for a time without taking items; less if <see cref="Cancellation"/> is cancelled, which is not raised. A mark may pass meanwhile, so what the coroutine and those that
    /// await it keep must be portable.</summary>
    internal PauseAwaitable PauseAsync(TimeSpan time) => new(Port, time);

    /// <summary>The same until <see cref="Signal"/>.</summary>
    internal PauseAwaitable PauseUntilSignalAsync() => new(Port, null);

    /// <summary>Waits for the next item, but no longer than until <see cref="Signal"/>. A mark may pass meanwhile: then the wait is over where the coroutine goes on.</summary>
    internal TryReceiveAwaitable TryReceiveUntilSignalAsync() => new(Port);

    /// <inheritdoc cref="CoroutineTarget{T}.Signal"/>
    internal void Signal() => Port.Signal();

    /// <summary>Waits for the next item, but no longer than a task runs: so a stage can have work under way and still take
    /// items.</summary>
    /// <remarks>An item that waits already is always taken first. What the task throws is not raised here: await it.</remarks>
    /// <param name="until">The task.</param>
    /// <returns>What to await: the item, that the task has ended, or that the inbox is closed.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="until"/> is null.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the run was cancelled.</exception>
    /// <exception cref="TargetClosedException">Awaited: what this stage sends is not taken any more. Raised once.</exception>
    /// <exception cref="Exception">Awaited: what was thrown in with <see cref="Target{T}.ThrowAsync"/>.</exception>
    public TryReceiveAwaitable TryReceiveAsync(Task until)
    {
        ArgumentNullException.ThrowIfNull(until);
        return new(Port, default, until);
    }

    /// <summary>Supports <c>await foreach</c>: one round for each item; the loop ends on close. Leaving the loop does
    /// not close the inbox.</summary>
    /// <returns>The enumerator; its awaits raise what <see cref="ReceiveAsync"/> raises, except on close.</returns>
    public Enumerator GetAsyncEnumerator() => new(Port);

    // A method of its own, so that receiving can be inlined.
    private static CoroutineTarget<T> ThrowHasNoPort() =>
        throw new InvalidOperationException("This inbox belongs to no coroutine: it is a default value. Use the one that your method was given.");

    private string DebuggerText => _port is null ? "no inbox" : $"inbox of {_port.DebuggerText}";

    /// <summary>A receive that can be awaited; used by the compiler.</summary>
    public readonly struct ReceiveAwaitable : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly CoroutineTarget<T> _port;

        internal ReceiveAwaitable(CoroutineTarget<T> port) => _port = port;

        /// <summary>Gets whether there is something to take without waiting.</summary>
        public bool IsCompleted => _port.ReceiveIsReady;

        /// <summary>Supports <c>await</c>.</summary>
        /// <returns>This value.</returns>
        public ReceiveAwaitable GetAwaiter() => this;

        /// <summary>Takes the item.</summary>
        /// <returns>The item.</returns>
        public T GetResult()
        {
            if (!_port.Take())
            {
                _port.ThrowClosed();
            }

            return _port.Item;
        }

        IParkingPlace? IParkingAwaiter.Place => _port;

        void IParkingAwaiter.Park(Coroutine coroutine) => _port.Park(coroutine);

        /// <summary>Only coroutines can receive: anything else gets an error from <see cref="GetResult"/>.</summary>
        /// <param name="continuation">Runs at once.</param>
        public void OnCompleted(Action continuation) => _port.RefuseReceiver(continuation);

        /// <inheritdoc cref="OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => _port.RefuseReceiver(continuation);
    }

    /// <summary>A receive that does not wait forever; used by the compiler.</summary>
    public readonly struct TryReceiveAwaitable : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly CoroutineTarget<T> _port;
        private readonly TimeSpan _timeout;
        private readonly Task? _until;

        internal TryReceiveAwaitable(CoroutineTarget<T> port, TimeSpan timeout, Task? until) =>
            (_port, _timeout, _until) = (port, timeout, until);

        /// <summary>Until a signal: its time is less than any.</summary>
        internal TryReceiveAwaitable(CoroutineTarget<T> port) => (_port, _timeout) = (port, TimeSpan.MinValue);

        /// <summary>Gets whether there is something to take without waiting, or nothing to wait for.</summary>
        public bool IsCompleted => _port.TryReceiveIsReady(_timeout, _until);

        /// <summary>Supports <c>await</c>.</summary>
        /// <returns>This value.</returns>
        public TryReceiveAwaitable GetAwaiter() => this;

        /// <summary>Takes the item, if there is one.</summary>
        /// <returns>The outcome of the wait.</returns>
        public Received<T> GetResult() => _port.TakeInTime();

        IParkingPlace? IParkingAwaiter.Place => _port;

        void IParkingAwaiter.Park(Coroutine coroutine)
        {
            if (_timeout == TimeSpan.MinValue)
            {
                _port.ParkForItemOrSignal(coroutine);
            }
            else
            {
                _port.ParkInTime(coroutine, _timeout, _until);
            }
        }

        /// <inheritdoc cref="ReceiveAwaitable.OnCompleted"/>
        public void OnCompleted(Action continuation) => _port.RefuseReceiver(continuation);

        /// <inheritdoc cref="ReceiveAwaitable.OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => _port.RefuseReceiver(continuation);
    }

    /// <summary>A wait that takes no items; used by the compiler.</summary>
    /// <param name="port">The port.</param>
    /// <param name="time">How long; null: until a signal.</param>
    internal readonly struct PauseAwaitable(CoroutineTarget<T> port, TimeSpan? time) : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly CoroutineTarget<T> _port = port;
        private readonly TimeSpan? _time = time;

        public bool IsCompleted => _time <= TimeSpan.Zero;

        IParkingPlace? IParkingAwaiter.Place => _port;

        public PauseAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        void IParkingAwaiter.Park(Coroutine coroutine)
        {
            if (_time is { } time)
            {
                _port.ParkInPause(coroutine, time);
            }
            else
            {
                _port.ParkUntilSignal(coroutine);
            }
        }

        public void OnCompleted(Action continuation) => _port.RefuseReceiver(continuation);

        public void UnsafeOnCompleted(Action continuation) => _port.RefuseReceiver(continuation);
    }

    /// <summary>The state of an <c>await foreach</c>; used by the compiler.</summary>
    public readonly struct Enumerator
    {
        private readonly CoroutineTarget<T> _port;

        internal Enumerator(CoroutineTarget<T> port) => _port = port;

        /// <summary>The item that was received last.</summary>
        public T Current => _port.Item;

        /// <summary>Waits for the next item.</summary>
        /// <returns>What to await; the result is false once the inbox is closed.</returns>
        public MoveNextAwaitable MoveNextAsync() => new(_port);
    }

    /// <summary>One step of an <c>await foreach</c>; used by the compiler.</summary>
    public readonly struct MoveNextAwaitable : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly CoroutineTarget<T> _port;

        internal MoveNextAwaitable(CoroutineTarget<T> port) => _port = port;

        /// <summary>Gets whether there is something to take without waiting.</summary>
        public bool IsCompleted => _port.ReceiveIsReady;

        /// <summary>Supports <c>await</c>.</summary>
        /// <returns>This value.</returns>
        public MoveNextAwaitable GetAwaiter() => this;

        /// <summary>Takes the item, which is then <see cref="Enumerator.Current"/>.</summary>
        /// <returns>False once the inbox is closed.</returns>
        public bool GetResult() => _port.Take();

        IParkingPlace? IParkingAwaiter.Place => _port;

        void IParkingAwaiter.Park(Coroutine coroutine) => _port.Park(coroutine);

        /// <inheritdoc cref="ReceiveAwaitable.OnCompleted"/>
        public void OnCompleted(Action continuation) => _port.RefuseReceiver(continuation);

        /// <inheritdoc cref="ReceiveAwaitable.OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => _port.RefuseReceiver(continuation);
    }
}
