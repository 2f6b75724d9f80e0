namespace Sluice;

/// <summary>How <see cref="RemoteEnvironments.Tcp"/> connects, and what may cross.</summary>
/// <remarks>Thread safety: fill it before its first use; from then on any number of runs may use it.</remarks>
public sealed class TcpOptions : RemoteOptions
{
    /// <summary>How the two sides know each other. There is no default that connects.</summary>
    public TcpSecurity Security { get; init; } = new();

    /// <summary>The application that the worker is to host: as the worker was told. Default: this one's name, that of its
    /// <c>.deps.json</c> or of its entry assembly.</summary>
    public string Application { get; init; } = OwnAssemblies.ApplicationName;

    /// <summary>How long it may take until the worker has let this side in. A worker that has no room is asked again within this time, with pauses
    /// that grow. Positive. Default: 10 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is zero or negative.</exception>
    public TimeSpan ConnectTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(value));
            field = value;
        }
    } = TimeSpan.FromSeconds(10);

    /// <summary>How long a broken connection may take to be restored, with pauses that grow, up to 2 seconds. Both sides wait; nothing is lost and
    /// nothing comes twice. A connection that breaks again before anything was acknowledged counts as not restored. Zero: it is not restored. Default: 30 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is negative.</exception>
    public TimeSpan ReconnectWindow
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(value));
            field = value;
        }
    } = TimeSpan.FromSeconds(30);
}
