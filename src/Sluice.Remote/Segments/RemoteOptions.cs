using System.Diagnostics;

namespace Sluice;

/// <summary>Options that all environments outside of this process have.</summary>
/// <remarks>Thread safety: fill it before its first use; from then on any number of runs may use it.</remarks>
public abstract class RemoteOptions
{
    /// <summary>Room is made for so many before the first comes, there too.</summary>
    internal const int MaxCapacity = 1024 * 1024;

    private protected RemoteOptions()
    {
    }

    /// <summary>The number of items that each boundary holds, on both sides and on the way together; 1 to 1,048,576. Default 1,024. Beside that, no
    /// more than about 1 MiB of items is under way on an edge, but always one item.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is out of range.</exception>
    public int Capacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(value));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxCapacity, nameof(value));
            field = value;
        }
    } = Env.DefaultCapacity;

    /// <summary>Ways of your own to write items, at most one for a type. Default none: items cross as portable values.</summary>
    public ICollection<ItemCodec> Codecs { get; } = [];

    /// <summary>The types that may cross as a value, beside those that always may. Default: the types of the application's own projects.
    /// <see cref="SnapshotOptions.Outside"/> has no effect.</summary>
    public SnapshotOptions Snapshots { get; init; } = SnapshotOptions.Default;

    /// <summary>Simple names of assemblies of the application that may be of another build on the other side. Default none: a part is refused
    /// (<see cref="OtherBuildException"/>) if one of the application's own assemblies is another build there, such as one for
    /// debugging here and one for release there. Name one only if what it does is the same in both; <see cref="Log"/> says that it differs,
    /// and so does the other side's.</summary>
    public ICollection<string> OtherBuilds { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Told in a line what is worth knowing and no error, such as another build that <see cref="OtherBuilds"/> allows. Called from any
    /// thread; what it throws harms nothing and is a failure that no one has looked at (<see cref="TaskScheduler.UnobservedTaskException"/>). Default: <see cref="Trace.TraceWarning(string)"/>.</summary>
    /// <exception cref="ArgumentException">Thrown: it is an <c>async void</c> method.</exception>
    public Action<string> Log
    {
        get;
        init => field = AsyncVoid.Refuse(value, nameof(Log))!;
    } = static line => Trace.TraceWarning(line);

    /// <summary>The number of bytes that an item may have as it crosses, with a few for its frame; 1 KiB or more. Default: 128 MiB. A larger one is an error in
    /// the stage that sends it.</summary>
    /// <remarks>For <c>Env.Process</c> it holds both ways. What comes back over TCP is bounded by the worker's
    /// <see cref="WorkerListenerOptions.MaxFrameSize"/>, which also has to let in what is sent there.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is less than 1,024.</exception>
    public int MaxFrameSize
    {
        get;
        init => field = OptionChecks.FrameSize(value);
    } = ConnectionOptions.Default.MaxFrameSize;

    /// <summary>The time that the other side may be silent before it counts as lost: it answers also while a stage computes. Positive, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>. Default: 15 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is zero or negative.</exception>
    public TimeSpan SilenceTimeout
    {
        get;
        init => field = OptionChecks.PositiveOrInfinite(value);
    } = ConnectionOptions.Default.SilenceTimeout;

    /// <summary>The clock of the connection's times. Default: the system's.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The time that the other side has for its end. Once the run was cancelled, a side that is silent for so long is given up, instead of after
    /// <see cref="SilenceTimeout"/>: a worker process is killed, a connection is closed for good. A side that answers is waited for, as stages in
    /// this process are. And a worker process whose part has ended is killed if it has not ended itself after this time. Zero (at once) or more, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>. Default: 2 seconds.</summary>
    /// <remarks>A part behind a connection that is given up ends when its host finds that out: see <see cref="WorkerListenerOptions.SilenceTimeout"/> and
    /// <see cref="WorkerListenerOptions.ReconnectWindow"/>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is out of range.</exception>
    public TimeSpan EndTimeout
    {
        get;
        init => field = Checked(value, TimeSpan.Zero);
    } = TimeSpan.FromSeconds(2);

    /// <summary>Times of connections to the other side.</summary>
    internal ConnectionOptions ToWire() => new()
    {
        Time = Time,
        MaxFrameSize = MaxFrameSize,
        SilenceTimeout = SilenceTimeout,
        CloseTimeout = EndTimeout != Timeout.InfiniteTimeSpan && EndTimeout < ConnectionOptions.Default.CloseTimeout ? EndTimeout : ConnectionOptions.Default.CloseTimeout,
    };

    private protected static TimeSpan Checked(TimeSpan value, TimeSpan least)
    {
        if (value != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value.TotalMilliseconds, uint.MaxValue - 1, nameof(value));
        }

        return value;
    }
}
