namespace Sluice.Durable;

/// <summary>Reads a file forward in large pieces.</summary>
internal sealed class DiskWindow(DiskFile file)
{
    private const int Piece = 256 << 10;

    private byte[] _buffer = new byte[Piece];
    private long _offset;
    private int _count;

    /// <summary>A part of the file, until the next call.</summary>
    /// <returns>Fewer bytes if the file ends before.</returns>
    internal ReadOnlyMemory<byte> At(long offset, int length)
    {
        if (offset < _offset || offset + length > _offset + _count)
        {
            Fill(offset, length);
        }

        var at = (int)(offset - _offset);
        return _buffer.AsMemory(at, Math.Min(length, _count - at));
    }

    /// <summary>Reads again what it is asked for next: the file has changed.</summary>
    internal void Clear() => _count = 0;

    private void Fill(long offset, int length)
    {
        if (length > _buffer.Length)
        {
            _buffer = new byte[length];
        }

        (_offset, _count) = (offset, file.ReadAll(_buffer, offset));
    }
}
