namespace Sluice;

/// <summary>How to listen. Thread safety: immutable.</summary>
internal sealed class WireListenerOptions
{
    /// <summary>Which application listens; the client is told.</summary>
    internal required string Application { get; init; }

    /// <summary>How the two sides know each other. Default: not at all, which is refused.</summary>
    internal WireSecurity Security { get; init; } = new();

    /// <summary>How long a client has until it has proved who it is. Default: 10 seconds.</summary>
    internal TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the session of a broken connection is kept for its client. Zero: not at all. Default: 30 seconds.</summary>
    internal TimeSpan ReconnectWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many sessions there may be. Default: 64.</summary>
    internal int MaxConnections { get; init; } = 64;

    /// <summary>How many clients may be in their handshake at the same time; each takes a thread. One more takes the place of another
    /// one (<see cref="Arrivals"/>). Default: 32.</summary>
    internal int MaxUnauthenticated { get; init; } = 32;

    /// <summary>The same for those of one address. Default: 16.</summary>
    internal int MaxUnauthenticatedPerAddress { get; init; } = 16;

    /// <summary>Told in a line of each client that was not let in, as far as there are not too many. Must not throw. Default: nobody.</summary>
    internal Action<string> Log { get; init; } = static _ => { };

    /// <summary>Limits and times of the connections.</summary>
    internal ConnectionOptions Connection { get; init; } = ConnectionOptions.Default;

    /// <summary>The versions of the protocol to accept.</summary>
    internal WireVersions Versions { get; init; } = WireVersions.Own;
}
