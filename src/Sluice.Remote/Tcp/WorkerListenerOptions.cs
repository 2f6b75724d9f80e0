namespace Sluice;

/// <summary>Options of a <see cref="WorkerListener"/>: how it listens, and what it hosts.</summary>
/// <remarks>Thread safety: fill it before its first use; from then on it may be used by any number of threads.</remarks>
public sealed class WorkerListenerOptions
{
    /// <summary>The least that <see cref="MaxFrameSize"/> may be, in bytes: 1,024. For programs that check their own options.</summary>
    public const int MinMaxFrameSize = ConnectionOptions.MinMaxFrameSize;

    /// <summary>The security of connections: the way in which the two sides know each other. No default that listens.</summary>
    public TcpSecurity Security { get; init; } = new();

    /// <summary>The applications whose parts are hosted, by name, and what may cross as a value for each. Default: this application.</summary>
    public IDictionary<string, SnapshotOptions> Applications { get; } = new Dictionary<string, SnapshotOptions>(StringComparer.Ordinal) { [OwnAssemblies.ApplicationName] = SnapshotOptions.Default };

    /// <summary>The number of parts that may run at the same time, each on a connection of its own; 1 or more. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is less than 1.</exception>
    public int MaxConnections
    {
        get;
        init => field = OptionChecks.AtLeastOne(value);
    } = 64;

    /// <summary>The number of clients that may be under way to prove who they are; 1 or more. Default: 32. One more takes the place of another one,
    /// of the address that has the most of them: one that has said nothing, else the oldest. That is told to try again, and a client does so
    /// within <see cref="TcpOptions.ConnectTimeout"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is less than 1.</exception>
    public int MaxUnauthenticated
    {
        get;
        init => field = OptionChecks.AtLeastOne(value);
    } = 32;

    /// <summary>The number of these that may come from one address, or from one IPv6 network of 64 bits; 1 or more. Default: 16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is less than 1.</exception>
    public int MaxUnauthenticatedPerAddress
    {
        get;
        init => field = OptionChecks.AtLeastOne(value);
    } = 16;

    /// <summary>The time that a client has to prove who it is. Positive. Default: 10 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is zero or negative.</exception>
    public TimeSpan HandshakeTimeout
    {
        get;
        init => field = OptionChecks.Positive(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>The number of bytes that a frame may have, and so an item; 1 KiB or more. Default: 128 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is less than 1,024.</exception>
    public int MaxFrameSize
    {
        get;
        init => field = OptionChecks.FrameSize(value);
    } = ConnectionOptions.Default.MaxFrameSize;

    /// <summary>The time that a client may be silent before it counts as lost; it is asked after a third of it. Positive, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>. Default: 15 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is zero or negative.</exception>
    public TimeSpan SilenceTimeout
    {
        get;
        init => field = OptionChecks.PositiveOrInfinite(value);
    } = ConnectionOptions.Default.SilenceTimeout;

    /// <summary>The time that a part whose connection broke is kept for its client to come back. Zero: not at all. Default: 30 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is negative.</exception>
    public TimeSpan ReconnectWindow
    {
        get;
        init => field = OptionChecks.NotNegative(value);
    } = TimeSpan.FromSeconds(30);

    /// <summary>Told in a line what happens: parts that begin and end, clients that are not let in and why. Called from any thread; what it
    /// throws harms nothing and is a failure that no one has looked at (<see cref="TaskScheduler.UnobservedTaskException"/>). No secret is ever in a line. Default: nothing is called.</summary>
    /// <exception cref="ArgumentException">Thrown: it is an <c>async void</c> method.</exception>
    public Action<string> Log
    {
        get;
        init => field = AsyncVoid.Refuse(value, nameof(Log))!;
    } = static _ => { };

    /// <summary>The clock of the times above. Default: the system's.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
