namespace Sluice;

/// <summary>Stops a reader that goes on reading without getting anywhere: a text, attribute, comment or name that is
/// longer than allowed would otherwise be in memory before it can be refused. It gives asynchronous reads the token that the
/// reader has none of.</summary>
internal sealed class TokenLimitStream(Stream stream, int maxTextLength, CancellationToken cancellation) : Stream
{
    private readonly long _limit = XmlLimits.TokenLength(maxTextLength);
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
        var read = stream.Read(buffer);
        _read += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check();
        var read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        _read += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Check()
    {
        if (_read > _limit)
        {
            throw new PassedException();
        }
    }

    /// <summary>Tells the cursor; nobody else sees it.</summary>
    internal sealed class PassedException : IOException;
}
