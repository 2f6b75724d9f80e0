using System.Reflection;

namespace Sluice;

/// <summary>The outside of a snapshot: mark, version, kinds of objects, objects, checksum. See docs/snapshot-format.md.</summary>
internal static class SnapshotFormat
{
    internal const int Version = 1;

    private const int ChecksumBytes = 4;

    private static ReadOnlySpan<byte> Mark => "SLSN"u8;

    /// <summary>Null: it has to wait for <paramref name="blocked"/>.</summary>
    /// <param name="root">What is captured, with all that it reaches.</param>
    /// <param name="options">The options.</param>
    /// <param name="moves">Whether the ports in it end here.</param>
    /// <param name="blocked">The port that it has to wait for.</param>
    /// <param name="begin">Called before anything is written, each time that it is begun.</param>
    internal static CoroutineSnapshot? TryCapture(object root, SnapshotOptions options, bool moves, out IPort? blocked, Action<SnapshotWriter>? begin = null)
    {
        var writer = new SnapshotWriter(options);
        try
        {
            begin?.Invoke(writer);
            while (writer.TryWrite(root) && writer.MustRepeat)
            {
                writer.Holds.Release();
                writer.Repeat();
                begin?.Invoke(writer);
            }

            blocked = writer.Blocked;
            if (blocked is not null)
            {
                return null;
            }

            var snapshot = Finish(writer, options);
            if (moves)
            {
                foreach (var port in writer.Objects.OfType<IPortState>())
                {
                    port.EndMoved();
                }
            }

            return snapshot;
        }
        finally
        {
            writer.Holds.Release();
        }
    }

    /// <summary>Returns whether bytes begin as those of a snapshot do.</summary>
    internal static bool IsMarked(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Mark);

    /// <summary>Looks at everything that can be looked at before any object is made.</summary>
    internal static CoroutineSnapshot Parse(byte[] bytes, SnapshotOptions options)
    {
        if (!IsMarked(bytes))
        {
            throw new SnapshotException("These bytes are not a snapshot.");
        }

        try
        {
            var from = new ByteSource(bytes, Mark.Length, Math.Max(Mark.Length, bytes.Length - ChecksumBytes));
            var version = from.ReadVarint();
            if (version != Version)
            {
                throw new SnapshotException($"The snapshot is of format {version}; this program knows format {Version}.");
            }

            if (new ByteSource(bytes, bytes.Length - ChecksumBytes, bytes.Length).ReadFixed32() != Checksum.Of(bytes.AsSpan(0, bytes.Length - ChecksumBytes)))
            {
                throw new SnapshotException("The snapshot is damaged: its checksum does not fit.");
            }

            var types = new TypeCodec[from.ReadCount()];
            for (var i = 0; i < types.Length; i++)
            {
                var length = from.ReadCount();
                types[i] = Schemas.Resolve(new SchemaBytes(bytes.AsMemory(from.Position, length)), options);
                from.ReadBytes(length);
            }

            var count = from.ReadCount();
            var headsLength = from.ReadCount();
            return count > 0 && count <= headsLength ? new CoroutineSnapshot(bytes, types, count, from.Position, from.Position + headsLength, options) : throw ByteSource.Truncated();
        }
        catch (Exception error) when (error is InvalidDataException or OverflowException or InvalidOperationException or ArgumentException or TypeLoadException or ReflectionTypeLoadException or BadImageFormatException or IOException)
        {
            throw new SnapshotException("The snapshot is damaged, or was made by other code: its types do not fit together. See the inner exception.", error);
        }
    }

    internal static int EndOf(byte[] bytes) => bytes.Length - ChecksumBytes;

    private static CoroutineSnapshot Finish(SnapshotWriter writer, SnapshotOptions options)
    {
        var to = new ByteSink();
        to.WriteBytes(Mark);
        to.WriteVarint(Version);
        to.WriteCount(writer.Codecs.Count);
        foreach (var codec in writer.Codecs)
        {
            var schema = codec.Schema.Bytes;
            to.WriteCount(schema.Length);
            to.WriteBytes(schema);
        }

        to.WriteCount(writer.Count);
        to.WriteCount(writer.Heads.Length);
        var heads = to.Length;
        to.WriteBytes(writer.Heads.Written);
        var bodies = to.Length;
        to.WriteBytes(writer.Bodies.Written);
        to.WriteFixed32(Checksum.Of(to.Written));
        return new CoroutineSnapshot(to.Written.ToArray(), [.. writer.Codecs], writer.Count, heads, bodies, options);
    }
}
