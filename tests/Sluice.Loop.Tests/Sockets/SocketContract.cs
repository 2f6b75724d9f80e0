using System.Net;
using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>The contract of streams and listeners, on every implementation.</summary>
[Trait("Category", "Network")]
public abstract partial class SocketContract
{
    /// <summary>More than all buffers between two sockets hold.</summary>
    private const int Huge = 64_000_000;

    protected abstract bool ArePortable { get; }

    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    private void Run(Func<Task> main) => OnLoop.Run(main, new EventLoopOptions { HandleSignals = false, PortableSockets = ArePortable });

    private static async Task WithPair(bool unix, Func<LoopStream, LoopStream, Task> body)
    {
        using var folder = new TemporaryFolder();
        using var listener = Listen(unix, folder);
        using var client = await ConnectAsync(listener);
        using var server = await listener.AcceptAsync();
        await body(client, server);
    }

    private static LoopListener Listen(bool unix, TemporaryFolder folder, int backlog = 512) => unix
        ? LoopListener.ListenUnix(folder.PathOf("s"), new() { Backlog = backlog })
        : LoopListener.ListenTcp(AnyPort, new() { Backlog = backlog });

    private static Task<LoopStream> ConnectAsync(LoopListener listener) => listener.LocalEndPoint is IPEndPoint address
        ? LoopStream.ConnectTcpAsync(address)
        : LoopStream.ConnectUnixAsync(listener.LocalEndPoint.ToString()!);

    private static async Task EchoAsync(LoopStream stream)
    {
        var buffer = new byte[4096];
        for (var count = await stream.ReadAsync(buffer); count > 0; count = await stream.ReadAsync(buffer))
        {
            await stream.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    /// <summary>A client without any manners: a blocking socket of .NET.</summary>
    private static Socket RawClient(LoopListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndPoint);
        return socket;
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new(true, 0);
        socket.Dispose();
    }

    private static async Task YieldAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await EventLoop.YieldAsync();
        }
    }
}

/// <summary>Sockets that the loop drives itself, where it can.</summary>
public sealed class EpollSocketTests : SocketContract
{
    protected override bool ArePortable => false;
}

/// <summary>Sockets that .NET drives.</summary>
public sealed class PortableSocketTests : SocketContract
{
    protected override bool ArePortable => true;
}
