using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>The common parts of plain and encrypted transports, for the socket below them.</summary>
internal static class SocketEnds
{
    internal static void Shutdown(Socket socket, SocketShutdown which)
    {
        try
        {
            socket.Shutdown(which);
        }
        catch (SocketException)
        {
            // The connection is gone already, which the reading thread finds out.
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>The origin of a client, for limits: its address, of IPv6 the half that one network has; all of one host by a Unix-domain
    /// socket.</summary>
    internal static string OriginOf(Socket socket)
    {
        const int NetworkBytes = 8;
        try
        {
            return (socket.RemoteEndPoint as IPEndPoint)?.Address switch
            {
                null => "",
                { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
                { AddressFamily: AddressFamily.InterNetworkV6 } six => Convert.ToHexString(six.GetAddressBytes().AsSpan(0, NetworkBytes)),
                var four => four.ToString(),
            };
        }
        catch (SocketException)
        {
            return ""; // it is gone
        }
    }

    internal static string Describe(Socket socket)
    {
        try
        {
            return socket.AddressFamily == AddressFamily.Unix ? "a Unix-domain socket" : socket.RemoteEndPoint?.ToString() ?? "an unknown address";
        }
        catch (SocketException)
        {
            return "an address that is gone";
        }
    }
}
