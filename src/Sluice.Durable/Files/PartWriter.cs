namespace Sluice.Durable;

/// <summary>Appends to one part by positions, through a buffer. Closing it writes nothing.</summary>
/// <remarks>It is alone in appending: the lock of the side file says so. A mode of opening that appends would not: .NET's is a position too.</remarks>
internal sealed class PartWriter(string name, DiskFile file, long length, DateTimeOffset begun) : IDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly byte[] _buffer = new byte[BufferSize];
    private long _written = length;
    private int _buffered;

    internal string Name => name;

    internal long Length => _written + _buffered;

    /// <summary>The time when its first byte came.</summary>
    internal DateTimeOffset Begun { get; private set; } = begun;

    internal DiskFile File => file;

    internal void Append(ReadOnlySpan<byte> bytes, DateTimeOffset now)
    {
        if (Length == 0)
        {
            Begun = now;
        }

        if (bytes.Length > BufferSize - _buffered)
        {
            Flush();
        }

        if (bytes.Length > BufferSize)
        {
            file.Write(bytes, _written);
            _written += bytes.Length;
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    /// <summary>Makes all of it durable, but not the name.</summary>
    internal void Sync()
    {
        Flush();
        file.Sync();
    }

    /// <summary>The part as it is, after <see cref="Sync"/>.</summary>
    internal PartState State(string publishedName) => new(name, publishedName, file.Identity, _written, PartState.HashOf(file, _written));

    public void Dispose() => file.Dispose();

    private void Flush()
    {
        file.Write(_buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }
}
