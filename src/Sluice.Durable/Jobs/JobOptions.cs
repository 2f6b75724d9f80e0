using System.Reflection;
using Sluice.Durable;

namespace Sluice;

/// <summary>Options of a durable run.</summary>
/// <remarks>Thread safety: options do not change while a run uses them.</remarks>
public sealed class JobOptions
{
    /// <summary>The time from one checkpoint to the next, counted from the end of the one before. More than zero, or <see cref="Timeout.InfiniteTimeSpan"/> for checkpoints that are only asked for.
    /// Default 10 seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that a mark may take to pass all nodes. One that takes longer is dropped, and the checkpoint has failed. More than zero; default 1 minute.</summary>
    public TimeSpan AlignmentTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The time that the store may take for a checkpoint. More than zero; default 1 minute.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of checkpoints in a row that may fail; the next failure fails the run. 0 or more; default 10.</summary>
    public int FailuresAllowed { get; init; } = 10;

    /// <summary>Called after each checkpoint, also after one that has failed; not within the run. What it throws fails the run. Default: nothing is called.</summary>
    /// <exception cref="ArgumentException">Thrown: it is an <c>async void</c> method.</exception>
    public Action<CheckpointReport>? OnCheckpoint
    {
        get;
        init => field = AsyncVoid.Refuse(value, nameof(OnCheckpoint));
    }

    /// <summary>Options of opening the job in its store: leases, taking over, going back. Default: those of <see cref="JobOpenOptions"/>.</summary>
    public JobOpenOptions Open { get; init; } = new();

    /// <summary>Options of the run itself. Default: those of <see cref="RunOptions"/>.</summary>
    public RunOptions Run { get; init; } = new();

    /// <summary>The names of nodes that are in the stored checkpoint and not in the pipeline any more, and whose state may be lost. Default none: such a job is refused.</summary>
    public ISet<string> Forget { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The names of nodes whose lambdas may have captured collections and objects that can be changed, though the code in which that might happen is not known. They are compared at each checkpoint
    /// with what they were at the start: one that has changed fails the run. Default none: such a job is refused.</summary>
    public ISet<string> Allow { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The names of nodes whose lambdas may change what they have captured, such as a cache, or a count for a log. It is not stored: a run that goes on begins with what the program gives.
    /// Default none: such a job is refused.</summary>
    public ISet<string> AllowChanges { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The names of nodes whose coroutines may be given other arguments than the stored ones: they go on with the stored ones. Default none: such a job is refused, with both values.</summary>
    public ISet<string> Accept { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether the time between a checkpoint and the run that goes on there counts for waits, time-outs and <see cref="ElapsedTime"/>, of all operators alike, by the clock of
    /// <see cref="RunOptions.TimeProvider"/>. Default true: each is due at the instant at which it would have been due without an interruption, or at once. False: the clock of the job stands still.</summary>
    public bool DowntimeCounts { get; init; } = true;

    /// <summary>Assemblies whose types states may have, besides the application's own. Default none; see <see cref="SnapshotOptions.AllowedAssemblies"/>.</summary>
    public ISet<Assembly> AllowedAssemblies { get; init; } = new HashSet<Assembly>();

    /// <summary>The disk of output files. Tests put one here that fails.</summary>
    internal Disk Disk { get; init; } = Disk.Local;

    internal SnapshotOptions Snapshots()
    {
        var options = new SnapshotOptions();
        options.AllowedAssemblies.UnionWith(AllowedAssemblies);
        return options;
    }

    internal void Validate()
    {
        ThrowUnlessPositive(Interval, nameof(Interval), mayBeInfinite: true);
        ThrowUnlessPositive(AlignmentTimeout, nameof(AlignmentTimeout), mayBeInfinite: false);
        ThrowUnlessPositive(StoreTimeout, nameof(StoreTimeout), mayBeInfinite: false);
        ArgumentOutOfRangeException.ThrowIfNegative(FailuresAllowed);
    }

    private static void ThrowUnlessPositive(TimeSpan time, string name, bool mayBeInfinite)
    {
        if (!mayBeInfinite || time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, name);
        }
    }
}

/// <summary>The end of a run that is stopped.</summary>
public enum JobStop
{
    /// <summary>A last checkpoint is taken and nothing is closed: the job goes on there when it is run again.</summary>
    Suspend,

    /// <summary>The sources end, what is under way goes through to the end, and the job is finished.</summary>
    Finish,
}

/// <summary>A checkpoint that was taken, or that has failed. Thread safety: immutable.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Epoch">The number of the run.</param>
/// <param name="Number">The number of the checkpoint.</param>
/// <param name="Failure">The reason why it has failed; null if it is committed.</param>
/// <param name="Alignment">The time that the mark took to pass all nodes, the capture of their states included.</param>
/// <param name="Write">The time that the store took.</param>
/// <param name="Bytes">The size of all states and positions.</param>
public sealed record CheckpointReport(string Job, long Epoch, long Number, Exception? Failure, TimeSpan Alignment, TimeSpan Write, long Bytes)
{
    /// <summary>A line for a log.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Failure is null
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Job '{Job}', run {Epoch}: checkpoint {Number} committed, {Bytes} bytes; passed the nodes in {Alignment.TotalMilliseconds:0.0} ms, stored in {Write.TotalMilliseconds:0.0} ms")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Job '{Job}', run {Epoch}: checkpoint {Number} failed: {Failure.Message}");
}
