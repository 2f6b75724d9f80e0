using System.Buffers.Binary;
using System.Net.Sockets;
using System.Reflection;

namespace Sluice;

/// <summary>
/// The first message of the parent on the channel: the method to call and the priority to have. The worker answers with an empty text if it
/// does so, else with the reason why not. Each is a length of four bytes and that much.
/// </summary>
internal sealed record WorkerOrder(string Assembly, Guid Module, string Type, string Method, int? Niceness)
{
    private const int MaxLength = 1 << 20;
    private const BindingFlags AnyStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    internal static WorkerOrder ToCall(Action<Socket> entry, int? niceness)
    {
        var method = entry.Method;
        if (!method.IsStatic || entry.Target is not null || method.DeclaringType is not { FullName: { } type, IsGenericType: false } || method.IsGenericMethod)
        {
            throw new ArgumentException($"'{method}' has to be a static method without type arguments (not a lambda): the worker finds it by its name.", nameof(entry));
        }

        return new(method.Module.Assembly.FullName!, method.Module.ModuleVersionId, type, method.Name, niceness);
    }

    /// <summary>The method, in the worker.</summary>
    /// <exception cref="InvalidOperationException">Thrown: it is not there, or not in the same build.</exception>
    internal Action<Socket> Resolve()
    {
        var type = System.Reflection.Assembly.Load(Assembly).GetType(Type, throwOnError: true)!;
        return type.Module.ModuleVersionId != Module
            ? throw new InvalidOperationException($"{type.Assembly.GetName().Name} is of another build than the one that the parent runs. Was it built again meanwhile?")
            : type.GetMethod(Method, AnyStatic, [typeof(Socket)])!.CreateDelegate<Action<Socket>>();
    }

    internal byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes))
        {
            writer.Write(Assembly);
            writer.Write(Module.ToByteArray());
            writer.Write(Type);
            writer.Write(Method);
            writer.Write(Niceness ?? int.MinValue);
        }

        return bytes.ToArray();
    }

    internal static WorkerOrder Parse(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        return new(reader.ReadString(), new Guid(reader.ReadBytes(16)), reader.ReadString(), reader.ReadString(), reader.ReadInt32() is var niceness and not int.MinValue ? niceness : null);
    }

    /// <summary>In one piece: once the other side has all of it, it may end the connection.</summary>
    internal static void Send(Socket socket, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[sizeof(int) + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, content.Length);
        content.CopyTo(bytes.AsSpan(sizeof(int)));
        using var stream = new NetworkStream(socket);
        stream.Write(bytes);
    }

    internal static byte[] Receive(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        Span<byte> length = stackalloc byte[sizeof(int)];
        stream.ReadExactly(length);
        var content = new byte[CheckedLength(length)];
        stream.ReadExactly(content);
        return content;
    }

    internal static Task<byte[]> ReceiveAsync(Socket socket, CancellationToken cancellationToken) => BlockingSocket.ReceiveAsync(socket, Receive, cancellationToken);

    private static int CheckedLength(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes) is var length and >= 0 and <= MaxLength
        ? length
        : throw new ProtocolException("The other side does not speak the protocol of a worker's start.");
}
