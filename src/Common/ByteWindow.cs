using System.Diagnostics;
using Sluice.Bytes;

namespace Sluice;

/// <summary>Bytes that have come in and are not used up yet, in one piece. Its memory is written to again.</summary>
[DebuggerDisplay("{_end - _start} bytes waiting")]
[PortableCodec(typeof(ByteWindowCodec))]
internal sealed class ByteWindow
{
    private const int MinFree = 32 << 10;

    private byte[] _buffer = new byte[2 * MinFree];
    private int _start;
    private int _end;

    internal ReadOnlySpan<byte> Waiting => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Room for more bytes; call <see cref="Added"/> when they are in it. Bytes that wait may move.</summary>
    internal Memory<byte> Free()
    {
        if (_buffer.Length - _end < MinFree)
        {
            var waiting = _end - _start;
            var target = waiting + MinFree > _buffer.Length ? new byte[Math.Max(_buffer.Length * 2, waiting + MinFree)] : _buffer;
            Buffer.BlockCopy(_buffer, _start, target, 0, waiting);
            (_buffer, _start, _end) = (target, 0, waiting);
        }

        return _buffer.AsMemory(_end);
    }

    internal void Added(int count) => _end += count;

    /// <summary>Copies as many bytes as fit.</summary>
    /// <returns>How many there were; to be given to <see cref="Added"/>.</returns>
    internal int Copy(ReadOnlySpan<byte> bytes)
    {
        var free = Free().Span;
        var count = Math.Min(free.Length, bytes.Length);
        bytes[..count].CopyTo(free);
        return count;
    }

    internal void Use(int count) => _start += count;

    internal void Clear() => (_start, _end) = (0, 0);
}
