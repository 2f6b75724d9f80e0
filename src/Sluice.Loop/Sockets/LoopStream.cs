using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice;

/// <summary>A connection by TCP or a Unix-domain socket: bytes in both directions, each with an end of its own.</summary>
/// <remarks>
/// <para>An operation tries first, and waits only if it would block; then everything else on the loop runs. One reader and one
/// writer at a time; a second is an error. Every operation is a checkpoint: in a cancelled scope it throws
/// <see cref="OperationCanceledException"/>, and has read nothing: what had come stays for the next one.</para>
/// <para>Thread safety: none; it belongs to the loop that it was made on, elsewhere its members throw
/// <see cref="InvalidOperationException"/>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "It is what the field calls it.")]
public sealed partial class LoopStream : IDisposable
{
    private readonly LoopSocket _socket;

    /// <summary>Made by those who read lines or exact lengths.</summary>
    private LineReader? _lines;

    internal LoopStream(LoopSocket socket) => _socket = socket;

    /// <summary>This side's address.</summary>
    /// <exception cref="ObjectDisposedException">Thrown: the stream was disposed of.</exception>
    public EndPoint? LocalEndPoint => Checked().Socket.LocalEndPoint;

    /// <summary>The other side's address; null if the connection was lost before anybody asked. The client's of a Unix-domain
    /// socket has no name.</summary>
    /// <exception cref="ObjectDisposedException">Thrown: the stream was disposed of.</exception>
    public EndPoint? RemoteEndPoint => Checked().Socket.RemoteEndPoint;

    /// <summary>Reads what has come, and waits if nothing has. Steady state allocates nothing where the loop drives its sockets.</summary>
    /// <param name="buffer">Where to. An empty one waits until there is something to read, bytes or the end, and takes nothing: so a
    /// connection on which nothing happens need not hold a buffer. It may end without success; the next read then waits.</param>
    /// <returns>How many bytes; 0 at the end: the other side writes no more, or if the buffer is empty. To be awaited, once.</returns>
    /// <exception cref="InvalidOperationException">Thrown or awaited: another read has not ended, or the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Thrown or awaited: the stream was disposed of.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled; nothing was read.</exception>
    /// <exception cref="SocketException">Awaited: the connection is lost, such as <see cref="SocketError.ConnectionReset"/>.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (_lines is null)
        {
            return _socket.ReceiveAsync(buffer);
        }

        _socket.CheckUse();
        _lines.CheckFree();
        return _lines.IsEmpty ? _socket.ReceiveAsync(buffer) : _lines.TakeAsync(buffer);
    }

    /// <summary>Reads until the buffer is full.</summary>
    /// <param name="buffer">Where to.</param>
    /// <exception cref="EndOfStreamException">Awaited: the end came before. What came can still be read.</exception>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask ReadExactlyAsync(Memory<byte> buffer) => Lines().ReadExactlyAsync(buffer);

    /// <summary>Reads a line: UTF-8 up to a line feed, or up to the end. Its end is not part of it, nor a carriage return before it.</summary>
    /// <param name="maxLength">How many bytes a line may have, without its end; 0 or more. Default: 65,536.</param>
    /// <returns>The line; null at the end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Awaited: <paramref name="maxLength"/> is negative.</exception>
    /// <exception cref="InvalidDataException">Awaited: the line is longer. It stays where it is: close the connection, or read it as bytes.</exception>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask<string?> ReadLineAsync(int maxLength = 65_536) => Lines().ReadLineAsync(maxLength);

    /// <summary>Writes all, and waits while the other side does not take it. Steady state allocates nothing where the loop drives its
    /// sockets.</summary>
    /// <param name="data">What to write. It must not change until this has ended.</param>
    /// <returns>What to await, once: the bytes are on their way.</returns>
    /// <exception cref="InvalidOperationException">Thrown or awaited: another write has not ended, or the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Thrown or awaited: the stream was disposed of.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. A part may have been written; nothing if the
    /// scope was cancelled before.</exception>
    /// <exception cref="SocketException">Awaited: the connection is lost: <see cref="SocketError.ConnectionReset"/>, or
    /// <see cref="SocketError.Shutdown"/> when that was told already.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data) => _socket.SendAsync(data);

    /// <summary>Writes text in UTF-8 and a line feed.</summary>
    /// <param name="line">The text.</param>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="line"/> is null.</exception>
    /// <inheritdoc cref="WriteAsync"/>
    public async ValueTask WriteLineAsync(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length) + 1);
        var length = Encoding.UTF8.GetBytes(line, bytes);
        bytes[length] = (byte)'\n';
        await WriteAsync(bytes.AsMemory(0, length + 1));
        ArrayPool<byte>.Shared.Return(bytes); // not after a failure: someone may still look at them
    }

    /// <summary>Ends this side's direction: the other side reads what was written and then the end, and may go on writing. Does not
    /// wait. Await the last write before.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Thrown: the stream was disposed of.</exception>
    /// <exception cref="SocketException">Thrown: the connection is lost.</exception>
    public void ShutdownWrite() => Checked().Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes the connection. What was written still arrives, unless bytes came that no one has read: then the other side sees a
    /// reset. A task that still reads or writes gets <see cref="ObjectDisposedException"/>. Does not wait; twice does nothing.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread, and the loop has not ended.</exception>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"stream ({_socket})";

    private LoopSocket Checked()
    {
        _socket.CheckUse();
        return _socket;
    }

    private LineReader Lines()
    {
        _socket.CheckUse();
        return _lines ??= new(_socket.Loop, _socket.ReceiveAsync);
    }
}
