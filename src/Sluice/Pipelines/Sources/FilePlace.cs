using Microsoft.Win32.SafeHandles;
using Sluice.Bytes;

namespace Sluice;

/// <summary>A place in a file, with what the file is recognized by when it has another name, when it was copied, or when another file has its name.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">The number of bytes before the place.</param>
/// <param name="IsKnown">Whether the hashes are there; not if the file was cut since.</param>
/// <param name="Head">The hash of the first bytes of the file.</param>
/// <param name="Tail">The hash of the bytes right before the place.</param>
internal readonly record struct FilePlace(FileNumber File, long Offset, bool IsKnown, ulong Head, ulong Tail)
{
    /// <summary>The number of bytes that are hashed, at the most: more than a heading, such as a row of column names, has as a rule.</summary>
    private const int MostHashed = 512;

    /// <summary>The place in an open file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static FilePlace Of(SafeFileHandle file, long offset)
    {
        var isKnown = TryHash(file, offset, out var head, out var tail);
        return new(FileNumber.Of(file), offset, isKnown, head, tail);
    }

    /// <summary>Returns whether an open file has, up to the place, what the file had in which the place was taken.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal bool IsIn(SafeFileHandle file) => IsKnown && TryHash(file, Offset, out var head, out var tail) && (head, tail) == (Head, Tail);

    internal static FilePlace Read(ByteSource from)
    {
        var file = FileNumber.Read(from);
        return new(file, (long)from.ReadVarint(), from.ReadBool(), from.ReadFixed64(), from.ReadFixed64());
    }

    internal void Write(ByteSink to)
    {
        File.Write(to);
        to.WriteVarint((ulong)Offset);
        to.WriteBool(IsKnown);
        to.WriteFixed64(Head);
        to.WriteFixed64(Tail);
    }

    /// <summary>False: the file ends before the place.</summary>
    private static bool TryHash(SafeFileHandle file, long offset, out ulong head, out ulong tail)
    {
        var bytes = new byte[(int)Math.Min(MostHashed, offset)];
        (head, tail) = (0, 0);
        if (!TryFill(file, bytes, 0))
        {
            return false;
        }

        head = Xxh64.Of(bytes);
        if (!TryFill(file, bytes, offset - bytes.Length))
        {
            return false;
        }

        tail = Xxh64.Of(bytes);
        return true;
    }

    private static bool TryFill(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, offset);
            if (read == 0)
            {
                return false;
            }

            bytes = bytes[read..];
            offset += read;
        }

        return true;
    }
}
