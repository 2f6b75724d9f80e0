using System.Runtime.Intrinsics;

namespace Sluice;

/// <summary>The names of a document's elements and attributes: UTF-8 in, always the same string out. Thread safety: one
/// thread at a time.</summary>
[PortableCodec(typeof(EmptyCodec<XmlNames>))]
internal sealed class XmlNames
{
    // Small enough not to go to the heap of large objects. A document may have as many different names as it likes, and may
    // have chosen them to collide: what does not fit in its place and the few behind it is a new one each time.
    private const int Places = 1024;
    private const int Tries = 8;

    private readonly Entry[] _entries = new Entry[Places + Tries];
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64() | 1;

    /// <summary>The name of at least one byte as a string, without allocation if it is known.</summary>
    internal string Get(ReadOnlySpan<byte> utf8) => Find(utf8).Text;

    /// <summary>The name of at least one byte, without allocation if it is known.</summary>
    internal XmlName Find(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= Vector128<byte>.Count)
        {
            Span<byte> padded = stackalloc byte[Vector128<byte>.Count];
            padded.Clear();
            utf8.CopyTo(padded);
            return Find(Vector128.Create((ReadOnlySpan<byte>)padded), utf8);
        }

        var last = Vector128.Create(utf8[^Vector128<byte>.Count..]);
        return Find(Vector128.Create(utf8) ^ (last.AsUInt64() * 31).AsByte(), utf8);
    }

    /// <summary>The same for a name of up to 16 bytes of which the vector, filled up with zeros, is at hand.</summary>
    internal XmlName Find(Vector128<byte> key, ReadOnlySpan<byte> utf8)
    {
        var halves = key.AsUInt64();
        var place = (int)((halves[0] ^ (halves[1] * 0x9E3779B97F4A7C15) ^ ((ulong)utf8.Length << 56)) * _seed >> 54);
        ref var entry = ref _entries[place];
        return entry.Key == key && entry.Length == utf8.Length && utf8.Length <= Vector128<byte>.Count ? entry.Name! : FindSlowly(place, key, utf8);
    }

    private XmlName FindSlowly(int place, Vector128<byte> key, ReadOnlySpan<byte> utf8)
    {
        foreach (ref var entry in _entries.AsSpan(place, Tries))
        {
            if (entry.Name is null)
            {
                entry = new(key, new XmlName(utf8));
                return entry.Name!;
            }

            if (entry.Key == key && utf8.SequenceEqual(entry.Name.Utf8))
            {
                return entry.Name;
            }
        }

        return new XmlName(utf8);
    }

    private struct Entry(Vector128<byte> key, XmlName name)
    {
        internal readonly Vector128<byte> Key = key;
        internal readonly int Length = name.Utf8.Length;
        internal readonly XmlName? Name = name;
    }
}
