namespace Sluice.Durable;

/// <summary>Appends to one part by positions, through a buffer. Closing it writes nothing.</summary>
/// <remarks>It is alone in appending: the lock of the side file says so. A mode of opening that appends would not: .NET's is a position too.</remarks>
internal sealed class PartWriter(string name, DiskFile file, long length, DateTimeOffset begun) : IDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly Lock _syncing = new(); // a part may come to its end while a checkpoint that has its beginning is made durable
    private long _written = length;
    private int _buffered;
    private SyncState _state;

    private enum SyncState
    {
        Open,

        /// <summary>An fsync is under way, or has failed: no other one would say anything.</summary>
        Unknown,

        Closed,
    }

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

    /// <summary>Makes what was flushed durable, but not the name. From any thread. A part that is closed already was synced before.</summary>
    /// <exception cref="IOException">Thrown: that fails, or has failed before.</exception>
    internal void Sync()
    {
        lock (_syncing)
        {
            if (_state == SyncState.Unknown)
            {
                throw new IOException($"'{file.Path}' could not be made durable before, and is not tried again: what it has on the disk is not known.");
            }

            if (_state == SyncState.Open)
            {
                _state = SyncState.Unknown;
                file.Sync();
                _state = SyncState.Open;
            }
        }
    }

    /// <summary>The part as it is, after <see cref="Flush"/>.</summary>
    internal PartState State(string publishedName) => new(name, publishedName, file.Identity, _written, PartState.HashOf(file, _written));

    public void Dispose()
    {
        lock (_syncing)
        {
            _state = _state == SyncState.Unknown ? SyncState.Unknown : SyncState.Closed;
            file.Dispose();
        }
    }

    /// <summary>Gives what is buffered to the system.</summary>
    internal void Flush()
    {
        file.Write(_buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }
}
