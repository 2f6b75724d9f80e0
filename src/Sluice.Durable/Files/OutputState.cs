using System.Text;

namespace Sluice.Durable;

/// <summary>The bytes of an output in a checkpoint. <c>docs/output-files.md</c> has them as a table.</summary>
/// <param name="Commit">How the output shows what is committed.</param>
/// <param name="Checkpoint">The number of the checkpoint.</param>
/// <param name="Part">The number of the part that is appended to; 0 if there is one alone.</param>
/// <param name="Begun">When the first byte of that part came; <see cref="DateTimeOffset.MinValue"/> if it is empty.</param>
/// <param name="Parts">The part that is appended to; or all that were not published before.</param>
internal sealed record OutputState(OutputCommit Commit, long Checkpoint, long Part, DateTimeOffset Begun, IReadOnlyList<PartState> Parts)
{
    private const byte Version = 1;
    private const int HashSize = 32;

    internal byte[] ToBytes()
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Version);
        writer.Write((byte)Commit);
        writer.Write(Checkpoint);
        writer.Write(Part);
        writer.Write(Begun.UtcTicks);
        writer.Write(Parts.Count);
        Span<byte> identity = stackalloc byte[FileIdentity.Size];
        foreach (var part in Parts)
        {
            part.Identity.Write(identity);
            writer.Write(part.Name);
            writer.Write(part.PublishedName);
            writer.Write(identity);
            writer.Write(part.Length);
            writer.Write(part.Hash);
        }

        writer.Flush();
        writer.Write(Checksum.Of(0, bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        writer.Flush();
        return bytes.ToArray();
    }

    /// <exception cref="FormatException">Thrown: the bytes are no state of an output, or one of a newer version.</exception>
    internal static OutputState FromBytes(ReadOnlySpan<byte> state)
    {
        if (state.Length < 5 || BitConverter.ToUInt32(state[^4..]) != Checksum.Of(0, state[..^4]))
        {
            throw new FormatException($"These {state.Length} bytes are no state of an output file: they were damaged, or are of something else.");
        }

        if (state[0] != Version)
        {
            throw new FormatException($"The state of the output file has format {state[0]}; this version of Sluice knows format {Version}. Use the newer version that wrote it.");
        }

        using var reader = new BinaryReader(new MemoryStream(state[1..^4].ToArray()), Encoding.UTF8);
        var (commit, checkpoint, part, begun) = ((OutputCommit)reader.ReadByte(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var parts = new PartState[reader.ReadInt32()];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = new(reader.ReadString(), reader.ReadString(), FileIdentity.Read(reader.ReadBytes(FileIdentity.Size)), reader.ReadInt64(), reader.ReadBytes(HashSize));
        }

        return new(commit, checkpoint, part, new(begun, TimeSpan.Zero), parts);
    }
}
