namespace Sluice;

/// <summary>Stops a reader that goes on reading without getting anywhere: a text, attribute, comment or name that is
/// longer than allowed would otherwise be in memory before it can be refused.</summary>
internal sealed class TokenLimitStream(Stream stream, int maxTextLength) : Stream
{
    private const int BytesOfCharacter = 3;
    private const int ReadAhead = 1 << 20;

    private readonly long _limit = ((long)maxTextLength * BytesOfCharacter) + ReadAhead;
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
        if (_read > _limit)
        {
            throw new PassedException();
        }

        var read = stream.Read(buffer);
        _read += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Tells the cursor; nobody else sees it.</summary>
    internal sealed class PassedException : IOException;
}
