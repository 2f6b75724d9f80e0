namespace Sluice;

/// <summary>How to dial. Thread safety: immutable.</summary>
internal sealed class WireClientOptions
{
    /// <summary>What the client wants to be, as the listener's callback understands it.</summary>
    internal required string Role { get; init; }

    /// <summary>Which application it is, as the listener's callback understands it.</summary>
    internal required string Application { get; init; }

    /// <summary>How the two sides know each other. Default: not at all, which is refused.</summary>
    internal WireSecurity Security { get; init; } = new();

    /// <summary>How long it may take until the other side has let this one in. Default: 10 seconds.</summary>
    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a broken connection may take to be restored. Zero: it is not restored. Default: 30 seconds.</summary>
    internal TimeSpan ReconnectWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limits and times of the connection.</summary>
    internal ConnectionOptions Connection { get; init; } = ConnectionOptions.Default;

    /// <summary>The versions of the protocol to offer.</summary>
    internal WireVersions Versions { get; init; } = WireVersions.Own;
}
