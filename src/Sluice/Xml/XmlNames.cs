using System.Runtime.InteropServices;
using System.Text;

namespace Sluice;

/// <summary>The names of a document's elements and attributes: UTF-8 in, always the same string out. Thread safety: one
/// thread at a time.</summary>
internal sealed class XmlNames
{
    // A document may have as many different names as it likes, and may have chosen them to collide: what does not fit in its
    // place and the few behind it is a new string each time.
    private const int Places = 4096;
    private const int Tries = 8;

    private readonly Entry[] _entries = new Entry[Places + Tries];
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64() | 1;

    /// <summary>The name as a string, without allocation if it is known.</summary>
    internal string Get(ReadOnlySpan<byte> utf8)
    {
        var key = Key(utf8);
        var place = (int)((key ^ ((ulong)utf8.Length << 56)) * _seed >> 52);
        foreach (ref var entry in _entries.AsSpan(place, Tries))
        {
            if (entry.Name is null)
            {
                entry = new(key, utf8.ToArray(), Make(utf8));
                return entry.Name!;
            }

            if (entry.Key == key && utf8.SequenceEqual(entry.Utf8))
            {
                return entry.Name;
            }
        }

        return Make(utf8);
    }

    /// <summary>A name that the program's own code has as a literal is that one: comparing it is then comparing references.</summary>
    private static string Make(ReadOnlySpan<byte> utf8)
    {
        var name = Encoding.UTF8.GetString(utf8);
        return string.IsInterned(name) ?? name;
    }

    /// <summary>The first and the last bytes; all of them if there are no more than eight.</summary>
    private static ulong Key(ReadOnlySpan<byte> utf8)
    {
        switch (utf8.Length)
        {
            case >= 8:
                return MemoryMarshal.Read<ulong>(utf8) + (MemoryMarshal.Read<ulong>(utf8[^8..]) * 31);
            case >= 4:
                return MemoryMarshal.Read<uint>(utf8) | ((ulong)MemoryMarshal.Read<uint>(utf8[^4..]) << 32);
            case > 0:
                return utf8[0] | ((ulong)utf8[utf8.Length / 2] << 8) | ((ulong)utf8[^1] << 16);
            default:
                return 0;
        }
    }

    private struct Entry(ulong key, byte[] utf8, string name)
    {
        internal readonly ulong Key = key;
        internal readonly byte[] Utf8 = utf8;
        internal readonly string? Name = name;
    }
}
