using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Worker;

/// <summary>An address as it is written: <c>127.0.0.1:7070</c>, <c>[::1]:7070</c>, <c>localhost:7070</c>.</summary>
internal static class ListenAddress
{
    /// <summary>Stricter than <see cref="IPEndPoint.Parse(string)"/>, which takes a lone port for an address and no port for 0.</summary>
    internal static IPEndPoint? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && Host(text[..colon]) is { } host
            ? new(host, port)
            : null;
    }

    private static IPAddress? Host(string text) => text switch
    {
        "localhost" => IPAddress.Loopback,
        ['[', .. var inner, ']'] => IPAddress.TryParse(inner, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6 ? six : null,
        _ => text.Count(static character => character == '.') == 3 && IPAddress.TryParse(text, out var four) && four.AddressFamily == AddressFamily.InterNetwork ? four : null,
    };
}
