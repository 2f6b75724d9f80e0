using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Sluice.Bench;

/// <summary>The other process of the peers: takes what comes and answers. Run as a child process, see <see cref="HopPeer"/>.</summary>
internal static class HopChild
{
    internal const int BlockSize = 64 * 1024;

    /// <summary>Runs until what it reads from ends.</summary>
    internal static int Run(string kind, string way)
    {
        Action<Stream, Stream> serve = kind switch
        {
            "blocks" => CountBlocks,
            "json" => CountLines,
            "ping" => Echo,
            _ => throw new ArgumentException($"There is no kind '{kind}' of peer."),
        };
        if (way == "pipe")
        {
            using var input = Console.OpenStandardInput();
            using var output = Console.OpenStandardOutput();
            serve(input, output);
            return 0;
        }

        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Console.WriteLine($"port {((IPEndPoint)listener.LocalEndPoint!).Port}");
        using var socket = listener.Accept();
        socket.NoDelay = true;
        using var plain = new NetworkStream(socket);
        if (way == "socket")
        {
            serve(plain, plain);
            return 0;
        }

        using var tls = new SslStream(plain);
        using var certificate = NewCertificate();
        tls.AuthenticateAsServer(certificate);
        serve(tls, tls);
        return 0;
    }

    /// <summary>Rounds: how many blocks come, and then these; answered by how many came.</summary>
    private static void CountBlocks(Stream from, Stream to)
    {
        var number = new byte[sizeof(long)];
        var block = new byte[BlockSize];
        while (from.ReadAtLeast(number, number.Length, throwOnEndOfStream: false) == number.Length)
        {
            var count = BinaryPrimitives.ReadInt64LittleEndian(number);
            for (var i = 0; i < count; i++)
            {
                from.ReadExactly(block);
            }

            to.Write(number);
        }
    }

    /// <summary>Records, each a line of JSON; an empty line ends a round, and is answered by how many came.</summary>
    private static void CountLines(Stream from, Stream to)
    {
        var buffer = new byte[BlockSize];
        var answer = new byte[sizeof(long)];
        var (count, length) = (0L, 0);
        while (from.Read(buffer, length, buffer.Length - length) is > 0 and var read)
        {
            length += read;
            var start = 0;
            while (buffer.AsSpan(start, length - start).IndexOf((byte)'\n') is >= 0 and var end)
            {
                if (end > 0)
                {
                    GC.KeepAlive(JsonSerializer.Deserialize(buffer.AsSpan(start, end), HopJson.Default.HopRecord));
                    count++;
                }
                else
                {
                    BinaryPrimitives.WriteInt64LittleEndian(answer, count);
                    to.Write(answer);
                    count = 0;
                }

                start += end + 1;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
        }
    }

    private static void Echo(Stream from, Stream to)
    {
        var number = new byte[sizeof(long)];
        while (from.ReadAtLeast(number, number.Length, throwOnEndOfStream: false) == number.Length)
        {
            to.Write(number);
        }
    }

    internal static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
