namespace Sluice.Tests;

/// <summary>A stream that never has its bytes at once, and refuses to block: each read completes later, on another thread.</summary>
internal sealed class AsyncOnlyStream(Stream inner, int pieceLength = int.MaxValue) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return inner.Read(buffer.Span[..Math.Min(buffer.Length, pieceLength)]);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("A read that blocks.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
