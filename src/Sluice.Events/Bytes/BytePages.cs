using System.Diagnostics;

namespace Sluice;

/// <summary>Keeps pieces of bytes side by side in arrays that are never written to again, so that code that was given a piece
/// may keep it as long as wanted; an array is gone when no one has a piece of it any more.</summary>
[DebuggerDisplay("{_used} of {_page.Length} bytes used")]
[PortableCodec(typeof(EmptyCodec<BytePages>))]
internal sealed class BytePages
{
    private const int PageLength = 8 << 10;

    /// <summary>A longer piece gets an array of its own: it would waste too much of a page's end.</summary>
    private const int LongPiece = PageLength / 8;

    private byte[] _page = [];
    private byte[]? _own; // the room that was given last, if it is not in the page
    private int _used;

    /// <summary>Room for a piece, which is lost at the next call unless <see cref="Keep(int)"/> is called first.</summary>
    internal Span<byte> Room(int length)
    {
        _own = length >= LongPiece ? new byte[length] : null;
        if (_own is not null)
        {
            return _own;
        }

        if (_page.Length - _used < length)
        {
            _page = new byte[PageLength];
            _used = 0;
        }

        return _page.AsSpan(_used, length);
    }

    /// <summary>Keeps the first bytes of the room that was given last.</summary>
    internal (byte[] Page, int Start) Keep(int length)
    {
        if (_own is not null)
        {
            return (_own, 0);
        }

        _used += length;
        return (_page, _used - length);
    }

    internal (byte[] Page, int Start) Keep(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(Room(piece.Length));
        return Keep(piece.Length);
    }
}
