namespace Sluice;

/// <summary>Options of <see cref="RemoteEnvironments.Tcp"/>: how it connects, and what may cross.</summary>
/// <remarks>Thread safety: fill it before its first use; from then on any number of runs may use it.</remarks>
public sealed class TcpOptions : RemoteOptions
{
    /// <summary>The security of the connection: the way in which the two sides know each other. No default that connects.</summary>
    public TcpSecurity Security { get; init; } = new();

    /// <summary>The application that the worker should host, by the name that the worker knows. Default: this one's name, that of its
    /// <c>.deps.json</c> or of its entry assembly.</summary>
    public string Application { get; init; } = OwnAssemblies.ApplicationName;

    /// <summary>The time that it may take until the worker has let this side in. A worker that has no room is asked again within this time, with pauses
    /// that grow. Positive. Default: 10 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is zero or negative.</exception>
    public TimeSpan ConnectTimeout
    {
        get;
        init => field = OptionChecks.Positive(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>The time that a broken connection may take to be restored, with pauses that grow, up to 2 seconds. Both sides wait; nothing is lost and
    /// nothing comes twice. A connection that breaks again before anything was acknowledged counts as not restored. Zero: it is not restored. Default: 30 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is negative.</exception>
    public TimeSpan ReconnectWindow
    {
        get;
        init => field = OptionChecks.NotNegative(value);
    } = TimeSpan.FromSeconds(30);
}
