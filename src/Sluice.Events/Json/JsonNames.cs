using System.Diagnostics;
using System.Text;

namespace Sluice;

/// <summary>The names of properties that one document has used: the first ones, up to a number. So names of a schema cost
/// nothing from their second time on, and names that are keys of data do not fill the memory.</summary>
[DebuggerDisplay("{_count} names")]
[PortableCodec(typeof(EmptyCodec<JsonNames>))]
internal sealed class JsonNames
{
    private const int MaxNames = 1024;
    private const int MaxLength = 128;

    /// <summary>At most half full, so that a search is short also when the name is not there.</summary>
    private const int Slots = 2 * MaxNames;

    private readonly JsonName?[] _names = new JsonName?[Slots]; // open addressing: the next free slot from the hash on
    private int _count;

    /// <summary>Finds a name that was added before.</summary>
    internal JsonName? Find(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
        {
            return null;
        }

        var hash = HashOf(utf8);
        for (var slot = hash & (Slots - 1); _names[slot] is { } name; slot = (slot + 1) & (Slots - 1))
        {
            if (name.Hash == hash && utf8.SequenceEqual(name.Utf8))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Adds a name that is not there yet, and is well-formed UTF-8.</summary>
    /// <returns>Null if it is too long, or one too many.</returns>
    internal JsonName? Add(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength || _count == MaxNames)
        {
            return null;
        }

        var hash = HashOf(utf8);
        var slot = hash & (Slots - 1);
        while (_names[slot] is not null)
        {
            slot = (slot + 1) & (Slots - 1);
        }

        _count++;
        return _names[slot] = new JsonName(Encoding.UTF8.GetString(utf8), utf8.ToArray(), hash);
    }

    /// <summary>Other in each process, so that no one can choose names which all want the same slot.</summary>
    private static int HashOf(ReadOnlySpan<byte> utf8)
    {
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        return hash.ToHashCode();
    }
}
