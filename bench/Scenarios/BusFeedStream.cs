namespace Sluice.Bench;

/// <summary>A feed of any length that is nowhere as a whole: the same buses again and again.</summary>
/// <param name="length">How long it becomes at least, in bytes.</param>
internal sealed class BusFeedStream(long length) : Stream
{
    private const int LengthOfRepeated = 1_000_000;

    private readonly byte[] _repeated = BusFeed.Buses(LengthOfRepeated);
    private long _left = length;
    private ReadOnlyMemory<byte> _part = BusFeed.Beginning;
    private bool _isLast;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_part.IsEmpty && !_isLast)
        {
            _isLast = _left <= 0;
            _part = _isLast ? BusFeed.End : _repeated;
            _left -= _part.Length;
        }

        var count = Math.Min(buffer.Length, _part.Length);
        _part.Span[..count].CopyTo(buffer);
        _part = _part[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
