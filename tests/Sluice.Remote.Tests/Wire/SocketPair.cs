using System.Net;
using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>Two sockets that are connected to each other.</summary>
internal static class SocketPair
{
    internal static (Socket, Socket) Unix()
    {
        using var folder = new TemporaryFolder();
        return Connect(new UnixDomainSocketEndPoint(folder.PathOf("s")), ProtocolType.Unspecified);
    }

    internal static (Socket, Socket) Tcp()
    {
        var (one, other) = Connect(new IPEndPoint(IPAddress.Loopback, 0), ProtocolType.Tcp);
        one.NoDelay = other.NoDelay = true;
        return (one, other);
    }

    private static (Socket, Socket) Connect(EndPoint address, ProtocolType protocol)
    {
        using var listener = new Socket(address.AddressFamily, SocketType.Stream, protocol);
        listener.Bind(address);
        listener.Listen(1);
        var one = new Socket(address.AddressFamily, SocketType.Stream, protocol);
        one.Connect(listener.LocalEndPoint!);
        return (one, listener.Accept());
    }
}
