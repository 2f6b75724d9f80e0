namespace Sluice;

/// <summary>Options of a client. Thread safety: immutable.</summary>
internal sealed class WireClientOptions
{
    /// <summary>The role that the client asks for, as the listener's callback understands it.</summary>
    internal required string Role { get; init; }

    /// <summary>The client's application, as the listener's callback understands it.</summary>
    internal required string Application { get; init; }

    /// <summary>The security of the connection. Default: none, which is refused.</summary>
    internal WireSecurity Security { get; init; } = new();

    /// <summary>The time that it may take until the other side has let this one in. Default: 10 seconds.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that a broken connection may take to be restored. Zero: it is not restored. Default: 30 seconds.</summary>
    internal TimeSpan ReconnectWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limits and times of the connection.</summary>
    internal ConnectionOptions Connection { get; init; } = ConnectionOptions.Default;

    /// <summary>The versions of the protocol to offer.</summary>
    internal WireVersions Versions { get; init; } = WireVersions.Own;
}
