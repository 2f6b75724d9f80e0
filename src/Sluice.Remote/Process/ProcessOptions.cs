using System.Collections.ObjectModel;

namespace Sluice;

/// <summary>Options of a worker process: its start, its limits and its end. The defaults start this application's own program.</summary>
/// <remarks>
/// <para>A worker's culture is that of its environment variables (<c>LANG</c>, <c>LC_ALL</c>), also where this process has set another one in its code; set
/// it there, or in <see cref="Environment"/>. Its standard input is empty. What it prints is passed on.</para>
/// <para>Thread safety: fill it before its first use; from then on it may be used by any number of threads.</para>
/// </remarks>
public sealed class ProcessOptions : RemoteOptions
{
    private TimeSpan _startupTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The program to start: a path, or a name to be found in PATH. Default: null, this application's own program, in the
    /// way that it was started itself (<c>dotnet App.dll</c>, its own executable, a file-based program, a published single file, or the
    /// program under test if this is a test host).</summary>
    /// <remarks>Another program has to be a .NET program that contains Sluice and the application's assemblies, in the same build; or
    /// one that runs such a program and nothing else of .NET, such as <c>taskset</c>. <c>dotnet run</c> is none: the SDK is a .NET program.</remarks>
    public string? Executable { get; init; }

    /// <summary>Arguments of <see cref="Executable"/>, or, if that is null, arguments after those that start this application's own program.
    /// None is split or expanded. Default: none.</summary>
    /// <remarks>A worker does not run <c>Main</c>; its code sees them with <see cref="Environment.GetCommandLineArgs"/>.</remarks>
    public IList<string> Arguments { get; } = new Collection<string>();

    /// <summary>Environment variables that differ from this process's: a value is set, null removes the variable. Default: none.</summary>
    /// <remarks>The worker inherits all others but <c>DOTNET_DiagnosticPorts</c> and <c>DOTNET_DefaultDiagnosticPortSuspend</c>, with which
    /// tools make a program wait for them before it starts. <c>DOTNET_STARTUP_HOOKS</c> may be set: these hooks run in the worker too.</remarks>
    public IDictionary<string, string?> Environment { get; } = new Dictionary<string, string?>();

    /// <summary>The worker's working directory. Default: null, this process's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The limit of the worker's garbage-collected heap, in bytes; beyond, allocations fail with
    /// <see cref="OutOfMemoryException"/>. At least 16 MiB. Default: null, as for this application.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is below 16 MiB.</exception>
    public long? MemoryLimit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? long.MaxValue, 16L << 20, nameof(value));
            field = value;
        }
    }

    /// <summary>The worker's priority as Unix counts it, from -20 (first) to 19 (last); below this process's own takes a privilege.
    /// Default: null, this process's. Not on Windows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is out of range.</exception>
    public int? Niceness
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? 0, -20, nameof(value));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value ?? 0, 19, nameof(value));
            field = value;
        }
    }

    /// <summary>The time that a worker may take until it is connected. Positive, or <see cref="Timeout.InfiniteTimeSpan"/>. Default: 10 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is out of range.</exception>
    public TimeSpan StartupTimeout
    {
        get => _startupTimeout;
        init => _startupTimeout = Checked(value, TimeSpan.FromTicks(1));
    }

    /// <summary>The number of times that in one run a worker that has died is replaced by a new one; 0 or more. Default 0: its death fails the run.</summary>
    /// <remarks>
    /// <para>The stages start again there: what the dead ones had in their variables is gone. Items that they had not handled are sent
    /// again, and their earlier results are dropped, so that of a stage that sends while it handles an item nothing is lost and nothing
    /// comes twice; what a stage does elsewhere it may do twice. Items that stages hold back (buffers, windows, calls under way) are lost with
    /// them.</para>
    /// <para>A part that has a source of its own is not restarted, since the source would begin again; nor is one whose results have
    /// ended. Each item is acknowledged by itself or with those that came with it, and kept until then, which costs time and memory.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is negative.</exception>
    public int MaxRestarts
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(value));
            field = value;
        }
    }

    /// <summary>The time to wait before each restart. Default: as <see cref="Backoff"/> says.</summary>
    public Backoff RestartDelay { get; init; } = new();

    /// <summary>Called with each death that a restart follows, to log it: from any thread, must not throw. Nothing waits for it.
    /// Default: nothing.</summary>
    /// <exception cref="ArgumentException">Thrown: it is an <c>async void</c> method.</exception>
    public Action<WorkerLostException>? Restarting
    {
        get;
        init => field = AsyncVoid.Refuse(value, nameof(Restarting));
    }

    /// <summary>The prefix of each line of the worker's standard output and error when it is passed on to this process's. Default:
    /// null, nothing, and its output is passed on byte for byte.</summary>
    /// <remarks>Lines are passed on whole, never mixed with those of other workers. One of more than 64 KiB is passed on in pieces.</remarks>
    public string? OutputPrefix { get; init; }
}
