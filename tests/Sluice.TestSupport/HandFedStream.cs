using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>A stream that gives what the test feeds it, piece by piece; reading waits for the next one.</summary>
internal sealed class HandFedStream : Stream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    internal int Reads { get; private set; }

    internal bool IsDisposed { get; private set; }

    /// <summary>A piece is read at once: no longer than the reader's buffer.</summary>
    internal void Feed(params byte[] piece) => _pieces.Writer.TryWrite(piece);

    internal void End(Exception? error = null) => _pieces.Writer.Complete(error);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Reads++;
        if (!await _pieces.Reader.WaitToReadAsync(cancellationToken))
        {
            return 0;
        }

        _pieces.Reader.TryRead(out var piece);
        piece!.CopyTo(buffer);
        return piece!.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
