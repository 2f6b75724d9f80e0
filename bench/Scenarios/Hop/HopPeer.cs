using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;

namespace Sluice.Bench;

/// <summary>This process's half of the peers that send to another one; <see cref="HopChild"/> is the other half.</summary>
internal sealed class HopPeer : IDisposable
{
    private readonly Child _child;
    private readonly Stream _to;
    private readonly Stream _from;
    private readonly byte[] _number = new byte[sizeof(long)];
    private readonly byte[] _block = new byte[HopChild.BlockSize];
    private readonly ArrayBufferWriter<byte> _lines = new(2 * HopChild.BlockSize);
    private readonly Utf8JsonWriter _json;

    private HopPeer(Child child, Stream to, Stream from)
    {
        (_child, _to, _from) = (child, to, from);
        _json = new Utf8JsonWriter(_lines);
    }

    /// <param name="kind">What is sent: <c>blocks</c>, <c>json</c> or <c>ping</c>.</param>
    /// <param name="way">On which way: <c>pipe</c>, <c>socket</c> or <c>tls</c>.</param>
    internal static HopPeer Start(string kind, string way)
    {
        var child = Child.StartSelf("hop-peer", "--kind", kind, "--way", way);
        if (way == "pipe")
        {
            return new(child, child.Input, child.Output);
        }

        var port = int.Parse(child.Answer()["port ".Length..], CultureInfo.InvariantCulture);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (way == "tls")
        {
#pragma warning disable CA5359 // the child has just made its certificate, and nothing but noise is sent
            var tls = new SslStream(stream, false, static (_, _, _, _) => true);
#pragma warning restore CA5359
            tls.AuthenticateAsClient("localhost");
            stream = tls;
        }

        return new(child, stream, stream);
    }

    /// <summary>So many blocks there, and their count back.</summary>
    internal long SendBlocks(int count)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, count);
        _to.Write(_number);
        for (var i = 0; i < count; i++)
        {
            _to.Write(_block);
        }

        return Answer();
    }

    /// <summary>So many records as lines of JSON, and their count back.</summary>
    internal long SendLines(int count)
    {
        for (var i = 0; i < count; i++)
        {
            JsonSerializer.Serialize(_json, HopRecord.Of(i), HopJson.Default.HopRecord);
            EndLine();
            if (_lines.WrittenCount >= HopChild.BlockSize)
            {
                SendLines();
            }
        }

        EndLine();
        SendLines();
        return Answer();
    }

    /// <summary>So many round trips.</summary>
    internal long Ping(int count)
    {
        var last = 0L;
        for (var i = 1; i <= count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_number, i);
            _to.Write(_number);
            last = Answer();
        }

        return last;
    }

    public void Dispose()
    {
        _json.Dispose();
        if (_to != _child.Input)
        {
            _to.Dispose();
        }

        _child.Dispose();
    }

    private void EndLine()
    {
        _json.Reset();
        _lines.Write("\n"u8);
    }

    private void SendLines()
    {
        _to.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }

    private long Answer()
    {
        _from.ReadExactly(_number);
        return BinaryPrimitives.ReadInt64LittleEndian(_number);
    }
}
