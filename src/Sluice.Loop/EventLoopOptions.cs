namespace Sluice;

/// <summary>Options of a loop. Thread safety: immutable.</summary>
public sealed class EventLoopOptions
{
    internal static readonly EventLoopOptions Default = new();

    /// <summary>The name of the loop and of its main task in dumps and errors. Default: "main".</summary>
    public string Name { get; init; } = "main";

    /// <summary>The clock of everything on the loop. Default: the system's. A <see cref="VirtualTime"/> moves by itself when the
    /// loop has nothing else to do; any other has to be moved by someone.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets whether Ctrl+C and SIGTERM cancel the main task, and the runs that it has started. The second of them ends the process as
    /// usual. A signal that the process was started to ignore stays ignored, such as Ctrl+C in the background of a shell script.
    /// Default: yes.</summary>
    public bool HandleSignals { get; init; } = true;

    /// <summary>The time that a callback may hold the loop before it is reported to <see cref="OnSlowCallback"/>, by the loop's clock;
    /// more than zero, or <see cref="Timeout.InfiniteTimeSpan"/>. Default: 100 ms.</summary>
    public TimeSpan SlowCallback { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Told of every callback that held the loop for longer than <see cref="SlowCallback"/>, after it has ended, on the
    /// loop's thread. What it throws ends the loop. It cannot wait: the loop goes on when it returns. Default: nothing is called;
    /// <see cref="EventLoop.Counters"/> counts them.</summary>
    /// <exception cref="ArgumentException">Thrown: it is an <c>async void</c> method.</exception>
    public Action<SlowCallback>? OnSlowCallback
    {
        get;
        init => field = AsyncVoid.Refuse(value, nameof(OnSlowCallback));
    }

    /// <summary>Gets whether a loop on which nothing can happen any more ends with <see cref="EventLoopDeadlockException"/> instead of
    /// waiting forever. Default: yes. See there for what it costs.</summary>
    public bool DetectDeadlocks { get; init; } = true;

    /// <summary>Gets whether streams and listeners are sockets of .NET also on Linux, where the loop would drive them itself. Everywhere
    /// else they always are. Both do the same; the loop's own answer about twice the requests for a CPU second (1.97 times in the echo
    /// scenario) and take less memory. Default: no.</summary>
    public bool PortableSockets { get; init; }
}
