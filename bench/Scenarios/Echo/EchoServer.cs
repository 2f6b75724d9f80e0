using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Bench;

/// <summary>The echo servers of .NET, each written as one would write it. Run as child processes, see <see cref="EchoPeer"/>.</summary>
internal static class EchoServer
{
    /// <summary>The same for all servers, in C and Python too.</summary>
    private const int BufferSize = 4096;

    private const int Backlog = 4096;

    /// <summary>Runs until standard input ends, which ends the process even if the server hangs.</summary>
    internal static int Run(string kind)
    {
        Action serve = kind switch
        {
            "loop" => static () => EventLoop.Run(() => ServeOnLoopAsync(EchoAsync)),
            "loop-portable" => static () => EventLoop.Run(() => ServeOnLoopAsync(EchoAsync), new() { PortableSockets = true }),
            "loop-rented" => static () => EventLoop.Run(() => ServeOnLoopAsync(EchoRentedAsync)),
            "async" => static () => ServeAsync(EchoAsync).GetAwaiter().GetResult(),
            "async-rented" => static () => ServeAsync(EchoRentedAsync).GetAwaiter().GetResult(),
            "threads" => ServeOnThreads,
            _ => throw new ArgumentException($"There is no echo server '{kind}'."),
        };
        new Thread(Obey) { IsBackground = true }.Start();
        serve();
        return 0;
    }

    private static void Obey()
    {
        while (Console.ReadLine() is not null)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Console.WriteLine("resting");
        }

        Environment.Exit(0);
    }

    private static async Task ServeOnLoopAsync(Func<LoopStream, Task> echo)
    {
        using var listener = LoopListener.ListenTcp(new(IPAddress.Loopback, 0), new() { Backlog = Backlog });
        Announce(listener.LocalEndPoint);
        await listener.ServeAsync(echo);
    }

    private static async Task EchoAsync(LoopStream stream)
    {
        var buffer = new byte[BufferSize];
        while (await stream.ReadAsync(buffer) is > 0 and var count)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    /// <summary>Holds a buffer only while there is something in it.</summary>
    private static async Task EchoRentedAsync(LoopStream stream)
    {
        int count;
        do
        {
            await stream.ReadAsync(Memory<byte>.Empty);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            if ((count = await stream.ReadAsync(buffer)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count));
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }
        while (count > 0);
    }

    private static async Task ServeAsync(Func<Socket, Task> echo)
    {
        using var listener = Listen();
        while (true)
        {
            var accepted = await listener.AcceptAsync();
            accepted.NoDelay = true;
            _ = echo(accepted);
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        using (socket)
        {
            var buffer = new byte[BufferSize];
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            {
                await socket.SendAsync(buffer.AsMemory(0, count));
            }
        }
    }

    private static async Task EchoRentedAsync(Socket socket)
    {
        using (socket)
        {
            int count;
            do
            {
                await socket.ReceiveAsync(Memory<byte>.Empty);
                var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                if ((count = await socket.ReceiveAsync(buffer)) > 0)
                {
                    await socket.SendAsync(buffer.AsMemory(0, count));
                }

                ArrayPool<byte>.Shared.Return(buffer);
            }
            while (count > 0);
        }
    }

    private static void ServeOnThreads()
    {
        using var listener = Listen();
        while (true)
        {
            var accepted = listener.Accept();
            new Thread(() => Echo(accepted)).Start();
        }

        static void Echo(Socket socket)
        {
            using (socket)
            {
                socket.NoDelay = true;
                var buffer = new byte[BufferSize];
                while (socket.Receive(buffer) is > 0 and var count)
                {
                    socket.Send(buffer.AsSpan(0, count)); // it blocks, so it sends all
                }
            }
        }
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(Backlog);
        Announce(listener.LocalEndPoint!);
        return listener;
    }

    private static void Announce(EndPoint address) => Console.WriteLine($"port {((IPEndPoint)address).Port}");
}
