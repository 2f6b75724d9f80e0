using System.Buffers.Binary;
using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>The other end of a connection, byte by byte.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;

    internal RawPeer(Socket socket)
    {
        _socket = socket;
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)Wait.Limit.TotalMilliseconds;
    }

    internal static byte[] Frame(byte kind, int channel, params byte[] payload)
    {
        var bytes = new ByteSink();
        FrameHeader.Write(bytes, kind, channel);
        bytes.WriteBytes(payload);
        FrameHeader.Seal(bytes, 0);
        return bytes.Written.ToArray();
    }

    internal void Send(params byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += _socket.Send(bytes.AsSpan(sent));
        }
    }

    /// <summary>The next frame: its kind and its payload (channels below 128).</summary>
    internal (byte Kind, byte[] Payload) Receive()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(ReceiveBytes(4));
        var rest = ReceiveBytes(length);
        return (rest[0], rest[2..]);
    }

    internal void Expect(byte kind, params byte[] payload)
    {
        var (actualKind, actualPayload) = Receive();
        Assert.Equal(kind, actualKind);
        Assert.Equal(payload, actualPayload);
    }

    internal byte[] ReceiveBytes(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var more = _socket.Receive(bytes.AsSpan(at));
            Assert.True(more > 0, $"The connection ended after {at} of {count} bytes.");
            at += more;
        }

        return bytes;
    }

    /// <summary>Reads to the end; how many bytes there were.</summary>
    internal int Drain()
    {
        var buffer = new byte[65536];
        var all = 0;
        try
        {
            while (_socket.Receive(buffer) is > 0 and var count)
            {
                all += count;
            }
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
        }

        return all;
    }

    public void Dispose() => _socket.Dispose();
}
