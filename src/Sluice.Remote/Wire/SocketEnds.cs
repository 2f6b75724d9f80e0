using System.Net.Sockets;

namespace Sluice;

/// <summary>What plain and encrypted transports do alike with the socket that they end at.</summary>
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
            // The connection is gone already, which whoever reads finds out.
        }
        catch (ObjectDisposedException)
        {
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
