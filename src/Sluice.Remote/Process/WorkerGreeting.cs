using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Sluice;

/// <summary>
/// The first bytes on each of a worker's two connections: token, which one it is, the worker's number. The channel's other bytes are the
/// entry method's. Nothing ever travels on the lifeline: it ends when the parent does, however that ends, and then the worker ends.
/// </summary>
internal static class WorkerGreeting
{
    internal const byte Lifeline = 1;
    internal const byte Channel = 2;
    private const int Length = WorkerInvitation.TokenLength + 1 + sizeof(int);

    internal static Socket Connect(WorkerInvitation invitation, byte kind)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(invitation.Path));
        Span<byte> greeting = stackalloc byte[Length];
        invitation.Token.CopyTo(greeting);
        greeting[WorkerInvitation.TokenLength] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(greeting[(WorkerInvitation.TokenLength + 1)..], Environment.ProcessId);
        socket.Send(greeting);
        return socket;
    }

    /// <summary>Null if who has connected does not know the token, or goes away.</summary>
    internal static Task<(byte Kind, int Process)?> ReceiveAsync(Socket socket, WorkerInvitation invitation, CancellationToken cancellationToken) =>
        BlockingSocket.ReceiveAsync(socket, socket => Receive(socket, invitation), cancellationToken);

    private static (byte Kind, int Process)? Receive(Socket socket, WorkerInvitation invitation)
    {
        var greeting = new byte[Length];
        for (var filled = 0; filled < Length;)
        {
            var count = socket.Receive(greeting.AsSpan(filled));
            if (count == 0)
            {
                return null;
            }

            filled += count;
        }

        return CryptographicOperations.FixedTimeEquals(greeting.AsSpan(0, WorkerInvitation.TokenLength), invitation.Token)
            ? (greeting[WorkerInvitation.TokenLength], BinaryPrimitives.ReadInt32LittleEndian(greeting.AsSpan(WorkerInvitation.TokenLength + 1)))
            : null;
    }
}
