using Sluice.Bytes;

namespace Sluice.Durable;

/// <summary>A file in a checkpoint: a version, the state of the <see cref="OutputFile"/>, and records that are not in the file yet.</summary>
/// <param name="File">The state of the file.</param>
/// <param name="Early">The records; only the first checkpoint of a file has some.</param>
internal sealed record JobFileState(byte[] File, IReadOnlyList<byte[]> Early)
{
    private const byte Version = 1;

    internal byte[] ToBytes()
    {
        var to = new ByteSink();
        to.WriteByte(Version);
        Write(to, File);
        to.WriteCount(Early.Count);
        foreach (var record in Early)
        {
            Write(to, record);
        }

        return to.Written.ToArray();
    }

    internal static JobFileState FromBytes(ReadOnlySpan<byte> bytes, string node)
    {
        var from = new ByteSource(bytes.ToArray());
        if (from.ReadByte() is var version && version != Version)
        {
            throw new StoreDamagedException($"The output of '{node}' has format {version}; this version of Sluice knows format {Version}. Use the newer version that wrote it.");
        }

        var file = Read(from);
        var early = new byte[from.ReadCount()][];
        for (var i = 0; i < early.Length; i++)
        {
            early[i] = Read(from);
        }

        return new(file, early);
    }

    private static void Write(ByteSink to, byte[] bytes)
    {
        to.WriteCount(bytes.Length);
        to.WriteBytes(bytes);
    }

    private static byte[] Read(ByteSource from) => from.ReadBytes(from.ReadCount()).ToArray();
}
