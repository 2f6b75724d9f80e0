using System.Buffers;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Writes bytes to a file, one item behind the other, without anything between them; the file is complete when the run ends.</summary>
    /// <remarks>Bytes are in the file a second after they have come in, or as the options say. Writing blocks.
    /// <para>In a job each byte is in the file exactly once, as in <see cref="WriteLines(string, bool, WriteLinesOptions)"/>.</para></remarks>
    /// <param name="path">The file's path. It is made, or emptied, when a run starts. A named pipe is one too.</param>
    /// <param name="append">Whether to write behind what is in the file already. Default false.</param>
    /// <param name="options">When bytes are written; default <see cref="WriteLinesOptions"/>'s own, where an item counts as a line.</param>
    /// <returns>The sink. Its run fails with an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> if the file cannot be written.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Sink<ReadOnlyMemory<byte>> WriteBytes(string path, bool append = false, WriteLinesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return WriteRecords<ReadOnlyMemory<byte>>(path, append, options, EncodeBytes, "WriteBytes");
    }

    internal static void EncodeBytes(ReadOnlyMemory<byte> bytes, IBufferWriter<byte> to) => to.Write(bytes.Span);
}
