using System.Xml;

namespace Sluice;

/// <summary>Stops a reader that goes on reading without getting anywhere: a text, attribute, comment or name that is
/// longer than allowed would otherwise be in memory before it can be refused. It shows the reader no document type, and nothing behind the
/// longest document. It gives asynchronous reads the token that the reader has none of.</summary>
internal sealed class TokenLimitStream(Stream stream, XmlEventsOptions options, CancellationToken cancellation) : Stream
{
    private readonly long _limit = XmlLimits.TokenLength(options.MaxTextLength);
    private readonly XmlInput _input = new(options, XmlEncodings.Find);
    private byte[] _ready = []; // what the reader has not taken yet stands from _given to _count
    private int _given;
    private int _count;
    private bool _isAtEnd;
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The reader has come to something: it may read as much again.</summary>
    internal void BeginToken() => _read = 0;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Check();
        int given;
        while (!TryGive(buffer, out given))
        {
            var raw = stream.Read(buffer);
            if (PassesOn(buffer[..raw]))
            {
                return raw;
            }
        }

        return given;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check();
        int given;
        while (!TryGive(buffer.Span, out given))
        {
            var raw = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            if (PassesOn(buffer.Span[..raw]))
            {
                return raw;
            }
        }

        return given;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Gives the reader what is ready.</summary>
    /// <returns>False if nothing is.</returns>
    /// <exception cref="XmlException">Nothing is, since the document is wrong here.</exception>
    private bool TryGive(Span<byte> buffer, out int given)
    {
        given = Math.Min(buffer.Length, _count - _given);
        _ready.AsSpan(_given, given).CopyTo(buffer);
        _given += given;
        _read += given;
        return given > 0 || (_input.Failure is { } failure ? throw failure : _isAtEnd);
    }

    /// <summary>Takes the bytes that were read.</summary>
    /// <returns>True if the reader should have them as they are; otherwise some may be ready.</returns>
    private bool PassesOn(ReadOnlySpan<byte> raw)
    {
        if (_input.IsTransparent)
        {
            _read += raw.Length;
            return true;
        }

        _isAtEnd = raw.IsEmpty;
        var ready = _isAtEnd ? _input.End() : _input.Take(raw);
        if (_ready.Length < ready.Length)
        {
            _ready = new byte[ready.Length * 2];
        }

        ready.CopyTo(_ready);
        (_given, _count) = (0, ready.Length);
        if (_input.IsInDoctype)
        {
            BeginToken(); // it has its own limit
        }

        return false;
    }

    private void Check()
    {
        if (_read > _limit)
        {
            throw new PassedException();
        }
    }

    /// <summary>Informs the cursor; no one else sees it.</summary>
    internal sealed class PassedException : IOException;
}
