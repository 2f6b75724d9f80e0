namespace Sluice;

/// <summary>Options of a listener. Thread safety: immutable.</summary>
internal sealed class WireListenerOptions
{
    /// <summary>The application that listens; clients learn its name.</summary>
    internal required string Application { get; init; }

    /// <summary>The security of the connection. Default: none, which is refused.</summary>
    internal WireSecurity Security { get; init; } = new();

    /// <summary>The time that a client has until it has proved who it is. Default: 10 seconds.</summary>
    internal TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that the session of a broken connection is kept for its client. Zero: not at all. Default: 30 seconds.</summary>
    internal TimeSpan ReconnectWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of sessions that there may be. Default: 64.</summary>
    internal int MaxConnections { get; init; } = 64;

    /// <summary>The number of clients that may be in their handshake at the same time; each takes a thread. One more takes the place of another
    /// one (<see cref="UnauthenticatedPeers"/>). Default: 32.</summary>
    internal int MaxUnauthenticated { get; init; } = 32;

    /// <summary>The same for those of one address. Default: 16.</summary>
    internal int MaxUnauthenticatedPerAddress { get; init; } = 16;

    /// <summary>Told in a line of each client that was not let in, as far as there are not too many. Must not throw. Default: no one.</summary>
    internal Action<string> Log { get; init; } = static _ => { };

    /// <summary>Limits and times of the connections.</summary>
    internal ConnectionOptions Connection { get; init; } = ConnectionOptions.Default;

    /// <summary>The versions of the protocol to accept.</summary>
    internal WireVersions Versions { get; init; } = WireVersions.Own;
}
