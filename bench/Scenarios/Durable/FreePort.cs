using System.Net;
using System.Net.Sockets;

namespace Sluice.Bench;

internal static class FreePort
{
    /// <summary>A port of the loopback at which no program listens.</summary>
    internal static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
