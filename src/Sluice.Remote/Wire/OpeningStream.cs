using System.Net.Sockets;

namespace Sluice;

/// <summary>A socket that TLS will be spoken over, whose first bytes say whether the other side speaks it.</summary>
/// <remarks>Owner: one thread, until the TLS handshake is over; from then on it only passes on.</remarks>
internal sealed class OpeningStream(Socket socket) : Stream
{
    /// <summary>A record of TLS begins with its kind, two bytes of version and two of length; a frame with its length and its kind.</summary>
    private const int HeaderBytes = 5;

    private readonly NetworkStream _inner = new(socket, ownsSocket: true);
    private byte[]? _first;
    private int _given;

    /// <summary>The bytes that came instead of TLS; null if it was TLS, or nothing has come.</summary>
    internal byte[]? Plain { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Waits for the first bytes, which are still to be read. False if they are no TLS.</summary>
    /// <exception cref="EndOfStreamException">Nothing came.</exception>
    internal bool TryOpen()
    {
        var first = new byte[HeaderBytes];
        var count = 0;
        while (count < HeaderBytes && _inner.Read(first.AsSpan(count)) is > 0 and var more)
        {
            count += more;
        }

        if (count == 0)
        {
            throw new EndOfStreamException("It went away without a word.");
        }

        _first = first[..count];
        Plain = IsRecord(_first) ? null : _first;
        return Plain is null;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_first is null && !TryOpen())
        {
            throw new IOException("The other side does not speak TLS.");
        }

        if (_given == _first!.Length)
        {
            return _inner.Read(buffer);
        }

        var count = Math.Min(buffer.Length, _first.Length - _given);
        _first.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => _inner.Write(buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => _inner.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A handshake or an alert of any version; as the length of a frame it would be too long for a handshake.</summary>
    private static bool IsRecord(ReadOnlySpan<byte> start) => start is [0x15 or 0x16, 0x03, >= 1, ..] or [0x15 or 0x16] or [0x15 or 0x16, 0x03];
}
