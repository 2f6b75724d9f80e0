namespace Sluice.Durable;

/// <summary>The rows of a file: numbers with the lowest byte first, texts in UTF-8 after their length in groups of seven bits, bytes after their length in four bytes.</summary>
internal static class CheckpointFileRows
{
    internal static void WriteHead(BinaryWriter to, string job, CheckpointInfo info)
    {
        to.Write(job);
        to.Write(info.Id.Epoch);
        to.Write(info.Id.Number);
        to.Write(info.Time.UtcTicks);
        to.Write(info.Name is not null);
        to.Write(info.Name ?? "");
    }

    internal static ExportedCheckpoint ReadHead(BinaryReader from)
    {
        var job = from.ReadString();
        var id = new CheckpointId(from.ReadInt64(), from.ReadInt64());
        var time = new DateTimeOffset(from.ReadInt64(), TimeSpan.Zero);
        var isNamed = from.ReadBoolean();
        var name = from.ReadString();
        return new(job, new CheckpointInfo(id, time, isNamed ? name : null));
    }

    internal static void Write(BinaryWriter to, NodeState row)
    {
        to.Write(row.Node);
        to.Write(row.Part);
        Write(to, row.State!.Value);
    }

    internal static NodeState ReadNode(BinaryReader from) => new() { Node = from.ReadString(), Part = from.ReadInt32(), State = ReadBytes(from) };

    internal static void Write(BinaryWriter to, KeyState row)
    {
        to.Write(row.Node);
        to.Write(row.Group);
        Write(to, row.Key);
        to.Write(row.DueTime is not null);
        to.Write(row.DueTime ?? 0);
        to.Write(row.Order);
        to.Write(row.LastUse);
        Write(to, row.State!.Value);
    }

    internal static KeyState ReadKey(BinaryReader from)
    {
        var (node, group, key) = (from.ReadString(), from.ReadInt32(), ReadBytes(from));
        var isDue = from.ReadBoolean();
        var due = from.ReadInt64();
        return new KeyState { Node = node, Group = group, Key = key, DueTime = isDue ? due : null, Order = from.ReadInt64(), LastUse = from.ReadInt64(), State = ReadBytes(from) };
    }

    internal static void Write(BinaryWriter to, SourcePosition row)
    {
        to.Write(row.Node);
        to.Write(row.Partition);
        Write(to, row.Position!.Value);
    }

    internal static SourcePosition ReadPosition(BinaryReader from) => new() { Node = from.ReadString(), Partition = from.ReadString(), Position = ReadBytes(from) };

    internal static void Write(BinaryWriter to, StagedOutput row)
    {
        to.Write(row.Node);
        to.Write(row.Sequence);
        Write(to, row.Output);
    }

    internal static StagedOutput ReadStaged(BinaryReader from) => new() { Node = from.ReadString(), Sequence = from.ReadInt64(), Output = ReadBytes(from) };

    private static void Write(BinaryWriter to, ReadOnlyMemory<byte> bytes)
    {
        to.Write(bytes.Length);
        to.Write(bytes.Span);
    }

    private static byte[] ReadBytes(BinaryReader from)
    {
        var length = from.ReadInt32();
        if (length < 0 || length > from.BaseStream.Length - from.BaseStream.Position)
        {
            throw new EndOfStreamException("It says that it has more bytes than it has.");
        }

        return from.ReadBytes(length);
    }
}
