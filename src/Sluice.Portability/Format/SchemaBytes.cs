namespace Sluice;

/// <summary>The description of one kind of objects in a snapshot, as a key: two are the same if their bytes are.</summary>
internal readonly struct SchemaBytes(ReadOnlyMemory<byte> bytes) : IEquatable<SchemaBytes>
{
    internal ReadOnlySpan<byte> Bytes => bytes.Span;

    public bool Equals(SchemaBytes other) => bytes.Span.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is SchemaBytes other && Equals(other);

    public override int GetHashCode() => (int)Checksum.Of(bytes.Span);

    internal SchemaBytes Copied() => new(bytes.ToArray());
}
