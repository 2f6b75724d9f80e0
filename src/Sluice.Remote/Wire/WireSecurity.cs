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

    /// <summary>Whether a secret is enough without TLS on addresses that other hosts can reach. Default: no.</summary>
    internal bool AllowUnencrypted { get; init; }

    /// <summary>Whether neither is needed on this host's own addresses: any of its users can then connect. Default: no.</summary>
    internal bool AllowInsecureLoopback { get; init; }

    /// <exception cref="InvalidOperationException">Neither side would know who the other one is, or all that is sent could be read and changed on its
    /// way.</exception>
    internal void Check(EndPoint address, WireRole role)
    {
        var isSecured = Secret is not null || (role == WireRole.Server ? Tls is { AsksForClients: true } : Tls is not null);
        if (!isSecured && !(AllowInsecureLoopback && IsLoopback(address)))
        {
            throw new InvalidOperationException(
                $"{address} is not secured: it takes a secret or TLS with client certificates. Only on a loopback address, and if that is allowed explicitly, neither is needed.");
        }

        if (Tls is null && !AllowUnencrypted && !IsLoopback(address))
        {
            throw new InvalidOperationException(
                $"{address} is not a loopback address, and a secret alone does not protect what is sent: others could read and change it on its way, and run code that way. Give certificates for TLS, or set {nameof(TcpSecurity)}.{nameof(TcpSecurity.AllowUnencrypted)} if the network protects it.");
        }
    }

    private static bool IsLoopback(EndPoint address) => address switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => dns.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(dns.Host, out var ip) && IPAddress.IsLoopback(ip)),
        _ => address.AddressFamily == AddressFamily.Unix,
    };
}
