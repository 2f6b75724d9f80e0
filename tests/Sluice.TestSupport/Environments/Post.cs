using System.Net.Sockets;
using System.Text;

namespace Sluice.Tests;

/// <summary>The way to a <see cref="Lookout"/>, from any process.</summary>
internal sealed record Post(string Path)
{
    /// <summary>Returns when it was heard.</summary>
    internal void Say(string text) => Call("say", text);

    /// <summary>Holds its thread until the test allows it.</summary>
    internal void Ask(string text) => Call("ask", text);

    /// <summary>Completes when the test allows it.</summary>
    internal async Task AskAsync(string text, CancellationToken cancellationToken = default)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), cancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes($"ask\n{text}\n"), cancellationToken);
        if (await socket.ReceiveAsync(new byte[1], cancellationToken) != 1)
        {
            throw new IOException($"Nobody answered '{text}'.");
        }
    }

    private void Call(string verb, string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        socket.Send(Encoding.UTF8.GetBytes($"{verb}\n{text}\n"));
        if (socket.Receive(new byte[1]) != 1)
        {
            throw new IOException($"The test did not answer '{text}'.");
        }
    }
}
