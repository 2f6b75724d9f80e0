namespace Sluice;

/// <summary>The description that a stream of items begins with: how they are written, their type, and the fields of what is
/// written without telling what it is.</summary>
internal static class ItemDescription
{
    private enum Way : byte
    {
        Inline,
        Graph,
        Own,
    }

    internal static byte[] Of(Type type, SnapshotOptions options, ItemCodec? own)
    {
        var to = new ByteSink();
        to.WriteVarint(ItemCodecs.Version);
        if (own is not null)
        {
            to.WriteByte((byte)Way.Own);
            TypeNames.Write(to, type);
            TypeNames.Write(to, own.GetType());
        }
        else if (TreeTypes.IsTree(type, options))
        {
            to.WriteByte((byte)Way.Inline);
            TypeNames.Write(to, type);
            WriteFields(to, InlineCodecs.For(type, options.UsesReflection).Parts, []);
        }
        else
        {
            to.WriteByte((byte)Way.Graph);
            TypeNames.Write(to, type);
        }

        return to.Written.ToArray();
    }

    /// <exception cref="SnapshotException">Thrown: they are not the same.</exception>
    internal static void Verify(byte[] theirs, byte[] ours)
    {
        if (theirs.AsSpan().SequenceEqual(ours) || HasMoreMembers(theirs, ours))
        {
            return;
        }

        var (then, now) = (Read(theirs), Read(ours));
        throw new SnapshotException(
            then.Type != now.Type ? $"The sender sends items of type '{then.Type}', not '{now.Type}'."
            : then.Way != now.Way ? $"The sender writes items of type '{then.Type}' {then.Way}; this program reads them {now.Way}: it has another version of the type."
            : $"The sender has another version of '{then.Type}'. {(SchemaDifference.Between(then.Fields, now.Fields) is { Count: > 0 } differences ? $"Its fields differ: {string.Join("; ", differences)}." : "It has the same fields, but they are of types of other assemblies, or in another order.")}");
    }

    /// <summary>Returns whether all that differs is that enumerations have more members here.</summary>
    private static bool HasMoreMembers(byte[] theirs, byte[] ours)
    {
        try
        {
            var at = FieldsAt(ours);
            return at > 0 && theirs.Length > at && theirs.AsSpan(0, at).SequenceEqual(ours.AsSpan(0, at)) && EnumMembers.Takes(theirs, at, ours, at);
        }
        catch (InvalidDataException)
        {
            return false; // damaged: what compares them in words says so
        }
    }

    /// <summary>The offset of the fields; 0 if there are none.</summary>
    private static int FieldsAt(byte[] description)
    {
        var from = new ByteSource(description, 0, description.Length);
        from.ReadVarint();
        var way = (Way)from.ReadByte();
        TypeNames.ReadText(from);
        return way == Way.Inline ? from.Position : 0;
    }

    /// <summary>The fields of each type once, where it is first met.</summary>
    private static void WriteFields(ByteSink to, IReadOnlyList<FieldSchema> fields, HashSet<Type> known)
    {
        to.WriteCount(fields.Count);
        foreach (var field in fields)
        {
            to.WriteText(CodeNames.Stable(field.Name));
            TypeNames.Write(to, field.Type);
            WriteFields(to, known.Add(field.Type) ? field.Parts : [], known);
        }
    }

    private static (string Way, string Type, List<(string, string)> Fields) Read(byte[] description)
    {
        try
        {
            return Read(new ByteSource(description, 0, description.Length));
        }
        catch (InvalidDataException damage)
        {
            throw new SnapshotException($"The description of a stream of items is damaged. {damage.Message}", damage);
        }
    }

    private static (string Way, string Type, List<(string, string)> Fields) Read(ByteSource from)
    {
        var version = from.ReadVarint();
        if (version != ItemCodecs.Version)
        {
            throw new SnapshotException($"The sender sends items of format {version}; this program knows format {ItemCodecs.Version}.");
        }

        var way = from.ReadByte();
        var type = TypeNames.ReadText(from);
        var fields = new List<(string, string)>();
        switch ((Way)way)
        {
            case Way.Inline:
                SchemaDifference.ReadFields(from, fields, "", 0);
                return ("by their fields", type, fields);
            case Way.Graph:
                return ("as graphs of objects", type, fields);
            case Way.Own:
                return ($"by the codec '{TypeNames.ReadText(from)}'", type, fields);
            default:
                throw ByteSource.Truncated();
        }
    }
}
