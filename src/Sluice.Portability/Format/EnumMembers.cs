using System.Globalization;

namespace Sluice;

/// <summary>The members of an enumeration in the description of what has its values. A value is stored as its number, so each name must stand
/// for the same number where it is read. Members that the reader has beside them do no harm.</summary>
internal static class EnumMembers
{
    /// <summary>No field that a compiler makes of C# has this in its name.</summary>
    private const string Equal = " = ";

    /// <summary>The number, and each member by name.</summary>
    internal static IReadOnlyList<FieldSchema> PartsOf(Type type)
    {
        var number = Enum.GetUnderlyingType(type);
        return
        [
            new("value__", number, []),
            .. Enum.GetNames(type).Order(StringComparer.Ordinal).Select(name => new FieldSchema(
                name + Equal + Convert.ChangeType(Enum.Parse(type, name), number, CultureInfo.InvariantCulture), number, [])),
        ];
    }

    internal static bool IsMember(string field) => field.Contains(Equal, StringComparison.Ordinal);

    /// <summary>The members among the parts of what was an enumeration; null if it was none.</summary>
    internal static Dictionary<long, string>? NamesOf(IReadOnlyList<FieldSchema> parts)
    {
        if (parts is not [{ Name: "value__" }, ..])
        {
            return null;
        }

        var names = new Dictionary<long, string>();
        foreach (var part in parts.Skip(1))
        {
            var at = part.Name.IndexOf(Equal, StringComparison.Ordinal);
            if (at > 0 && Int128.TryParse(part.Name.AsSpan(at + Equal.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                names[unchecked((long)number)] = part.Name[..at];
            }
        }

        return names;
    }

    /// <summary>Whether the fields from a place on are the same, but for members that are only here.</summary>
    internal static bool Takes(byte[] then, int thenAt, byte[] now, int nowAt) =>
        Takes(then, new ByteSource(then, thenAt, then.Length), now, new ByteSource(now, nowAt, now.Length), 0);

    private static bool Takes(byte[] then, ByteSource stored, byte[] now, ByteSource here, int depth)
    {
        if (depth > TypeNames.MaxDepth)
        {
            throw ByteSource.Truncated();
        }

        var (left, leftHere) = (stored.ReadCount(), here.ReadCount());
        for (; left > 0; left--)
        {
            var name = stored.ReadText();
            while (true)
            {
                if (leftHere-- == 0)
                {
                    return false;
                }

                var found = here.ReadText();
                if (found == name)
                {
                    break;
                }

                if (!Skip(found, here))
                {
                    return false;
                }
            }

            if (!TypeAt(then, stored).SequenceEqual(TypeAt(now, here)) || !Takes(then, stored, now, here, depth + 1))
            {
                return false;
            }
        }

        for (; leftHere > 0; leftHere--)
        {
            if (!Skip(here.ReadText(), here))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Skip(string field, ByteSource here)
    {
        TypeNames.ReadText(here);
        return here.ReadCount() == 0 && IsMember(field);
    }

    private static ReadOnlySpan<byte> TypeAt(byte[] bytes, ByteSource from)
    {
        var start = from.Position;
        TypeNames.ReadText(from);
        return bytes.AsSpan(start..from.Position);
    }
}
