namespace Sluice;

/// <summary>Bytes that came, cut into frames. It grows only as bytes arrive, even if a length says more, and shrinks once a large frame is
/// through. Owner: the reader.</summary>
internal sealed class FrameBuffer(int maxFrameSize)
{
    private const int Usual = 128 * 1024;

    /// <summary>More than this is given back as soon as nothing is in it.</summary>
    private const int Large = 1024 * 1024;

    /// <summary>Less room than this is not worth a read of its own.</summary>
    private const int Little = 16 * 1024;

    private byte[] _bytes = new byte[Usual];
    private int _start;
    private int _end;

    internal int Capacity => _bytes.Length;

    internal void Clear() => _start = _end = 0;

    internal void Add(int count) => _end += count;

    /// <summary>Room to read into.</summary>
    internal Span<byte> Room()
    {
        if (_start == _end)
        {
            Clear();
            if (_bytes.Length > Large)
            {
                _bytes = new byte[Usual];
            }
        }

        if (_bytes.Length - _end < Little)
        {
            MakeRoom();
        }

        return _bytes.AsSpan(_end);
    }

    /// <summary>The next frame that is there as a whole.</summary>
    internal bool TryNext(ByteSource payload, out byte kind, out int channel)
    {
        var bytes = _bytes.AsSpan(_start, _end - _start);
        var length = FrameHeader.LengthOf(bytes, maxFrameSize);
        if (length == 0 || length > bytes.Length)
        {
            kind = 0;
            channel = 0;
            return false;
        }

        var header = FrameHeader.Read(bytes[..length]);
        kind = header.Kind;
        channel = header.Channel;
        payload.Reset(_bytes, _start + header.Size, _start + length);
        _start += length;
        return true;
    }

    private void MakeRoom()
    {
        var there = _bytes.AsSpan(_start, _end - _start);
        var missing = Math.Max(1, FrameHeader.LengthOf(there, maxFrameSize) - there.Length);
        var to = _bytes;
        if (_bytes.Length - there.Length < Math.Min(missing, Little))
        {
            to = new byte[(int)Math.Min(2L * _bytes.Length, Math.Max((long)there.Length + missing, 2 * Usual))];
        }

        there.CopyTo(to);
        (_bytes, _start, _end) = (to, 0, there.Length);
    }
}
