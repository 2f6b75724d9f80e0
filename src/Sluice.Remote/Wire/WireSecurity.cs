using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>What keeps strangers out. Thread safety: immutable.</summary>
internal sealed class WireSecurity
{
    /// <summary>What both sides know and neither sends. Default: none.</summary>
    internal Secret? Secret { get; init; }

    /// <summary>TLS 1.3. Default: none; what is sent can then be read and changed on its way.</summary>
    internal WireTls? Tls { get; init; }

    /// <summary>Whether neither is needed on this host's own addresses: any of its users can then connect. Default: no.</summary>
    internal bool AllowInsecureLoopback { get; init; }

    /// <exception cref="InvalidOperationException">Neither side would know who the other one is.</exception>
    internal void Check(EndPoint address, WireRole role)
    {
        var isSecured = Secret is not null || (role == WireRole.Server ? Tls is { AsksForClients: true } : Tls is not null);
        if (!isSecured && !(AllowInsecureLoopback && IsLoopback(address)))
        {
            throw new InvalidOperationException(
                $"{address} is not secured: it takes a secret or TLS with client certificates. Only on a loopback address, and if that is allowed explicitly, neither is needed.");
        }
    }

    private static bool IsLoopback(EndPoint address) => address switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => dns.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => address.AddressFamily == AddressFamily.Unix,
    };
}
