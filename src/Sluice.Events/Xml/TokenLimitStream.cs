using System.Xml;

namespace Sluice;

/// <summary>The stream that a reader reads. It ends, with an error, where a text, a tag or a comment is longer than allowed, which would otherwise be in
/// memory before it can be refused. It shows the reader no document type, and nothing behind the
/// longest document. It gives asynchronous reads the token that the reader has none of.</summary>
/// <param name="stream">The document.</param>
/// <param name="options">The options.</param>
/// <param name="longest">The number of bytes of the longest markup.</param>
/// <param name="cancellation">For asynchronous reads.</param>
internal sealed class TokenLimitStream(Stream stream, XmlEventsOptions options, long longest, CancellationToken cancellation) : Stream
{
    private readonly XmlTokenMeter _meter = new(longest, options);
    private readonly XmlInput _input = new(options, XmlEncodings.Find);
    private byte[] _ready = []; // what the reader has not taken yet stands from _given to _count
    private int _given;
    private int _count;
    private bool _isAtEnd;

    internal TokenLimitStream(Stream stream, XmlEventsOptions options, CancellationToken cancellation)
        : this(stream, options, XmlLimits.TokenLength(options), cancellation)
    {
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int given;
        while (!TryGive(buffer, out given))
        {
            given = PassOn(buffer[..stream.Read(buffer)]);
            if (given > 0)
            {
                break;
            }
        }

        return given;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int given;
        while (!TryGive(buffer.Span, out given))
        {
            var raw = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            given = PassOn(buffer.Span[..raw]);
            if (given > 0)
            {
                break;
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
        return given > 0 || ((_meter.Failure ?? _input.Failure) is { } failure ? throw failure : _isAtEnd);
    }

    /// <summary>Takes the bytes that were read.</summary>
    /// <returns>The number of those that the reader should have as they are; 0: some may be ready.</returns>
    private int PassOn(ReadOnlySpan<byte> raw)
    {
        _isAtEnd = raw.IsEmpty;
        if (_input.IsTransparent)
        {
            return _meter.Take(raw, _input.Encoding);
        }

        var ready = _isAtEnd ? _input.End() : _input.Take(raw);
        ready = ready[.._meter.Take(ready, _input.Encoding)];
        if (_ready.Length < ready.Length)
        {
            _ready = new byte[ready.Length * 2];
        }

        ready.CopyTo(_ready);
        (_given, _count) = (0, ready.Length);
        return 0;
    }
}
