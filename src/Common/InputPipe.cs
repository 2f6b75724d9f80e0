namespace Sluice;

/// <summary>A pipe or a terminal that is read by its path.</summary>
/// <remarks>The system cannot call off a read of one. A read that is no longer waited for goes on, takes what comes next, and keeps the pipe open
/// until then. So only an asynchronous read can be cancelled.</remarks>
internal sealed class InputPipe(FileStream pipe) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => pipe.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => pipe.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => pipe.Read(buffer.Span), CancellationToken.None).WaitAsync(cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        pipe.Dispose(); // closes it when a read that is under way has ended
        base.Dispose(disposing);
    }
}
