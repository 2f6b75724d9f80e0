using System.Buffers;
using System.Text;

namespace Sluice;

/// <summary>Bytes that were read and not taken yet. Its memory comes from the pool and goes back when it is empty.</summary>
internal sealed class ByteBuffer
{
    private const int SmallestSize = 4096;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>The number of bytes from the start that are known to hold no line feed.</summary>
    private int _searched;

    internal int Count => _end - _start;

    /// <summary>Room for the next bytes; never empty. Call <see cref="Added"/> when they are in it.</summary>
    internal Memory<byte> Room()
    {
        if (_end == _bytes.Length)
        {
            MakeRoom(1);
        }

        return _bytes.AsMemory(_end);
    }

    internal void Added(int count) => _end += count;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _end < bytes.Length)
        {
            MakeRoom(bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes as many bytes as there are room and bytes.</summary>
    internal int Take(Span<byte> into)
    {
        var count = Math.Min(Count, into.Length);
        _bytes.AsSpan(_start, count).CopyTo(into);
        Skip(count);
        return count;
    }

    /// <summary>Takes a whole line, without its end.</summary>
    /// <exception cref="InvalidDataException">Thrown: there is none, but more bytes than a line may have. They stay.</exception>
    internal bool TryTakeLine(int maxLength, out string line)
    {
        line = "";
        var bytes = _bytes.AsSpan(_start, Count);
        var found = bytes[_searched..].IndexOf((byte)'\n');
        var length = found < 0 ? bytes.Length : _searched + found;
        var ending = length > 0 && bytes[length - 1] == '\r' ? 1 : 0;
        if (length - ending > maxLength)
        {
            throw new InvalidDataException($"A line is longer than {maxLength} bytes.");
        }

        if (found < 0)
        {
            _searched = length;
            return false;
        }

        line = Encoding.UTF8.GetString(bytes[..(length - ending)]);
        Skip(length + 1);
        return true;
    }

    /// <summary>Takes what is left as the last line; null if there is nothing.</summary>
    /// <exception cref="InvalidDataException">Thrown: it is too long.</exception>
    internal string? TakeLastLine(int maxLength)
    {
        if (Count == 0)
        {
            return null;
        }

        if (Count > maxLength)
        {
            throw new InvalidDataException($"A line is longer than {maxLength} bytes.");
        }

        var line = Encoding.UTF8.GetString(_bytes, _start, Count);
        Skip(Count);
        return line;
    }

    /// <summary>Gives the memory back if nothing is in it. Not while something is read into it.</summary>
    internal void Release()
    {
        if (Count == 0 && _bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _start, _end) = ([], 0, 0);
        }
    }

    private void Skip(int count)
    {
        _start += count;
        _searched = 0;
        if (Count == 0)
        {
            (_start, _end) = (0, 0);
        }
    }

    private void MakeRoom(int more)
    {
        var needed = Count + more;
        var larger = needed <= _bytes.Length / 2 ? _bytes : ArrayPool<byte>.Shared.Rent(Math.Max(SmallestSize, needed * 2));
        _bytes.AsSpan(_start, Count).CopyTo(larger);
        if (!ReferenceEquals(larger, _bytes) && _bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, _start, _end) = (larger, 0, Count);
    }
}
