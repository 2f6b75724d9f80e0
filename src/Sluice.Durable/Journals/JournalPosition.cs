using System.Buffers.Binary;

namespace Sluice.Durable;

/// <summary>A place between two records of a journal, from which it can be read on exactly.</summary>
/// <remarks>Thread safety: a value that does not change. The default value is a position of no journal.</remarks>
public readonly record struct JournalPosition : IComparable<JournalPosition>
{
    private const int Length = 25;
    private const byte Version = 1;

    internal JournalPosition(Guid journal, long number)
    {
        Journal = journal;
        Number = number;
    }

    /// <summary>The journal that it belongs to.</summary>
    internal Guid Journal { get; }

    /// <summary>How many records have been written before it, since the journal was made.</summary>
    public long Number { get; }

    /// <summary>The position that <see cref="ToBytes"/> wrote.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The same position.</returns>
    /// <exception cref="FormatException">Thrown: the bytes are no position, or one of a newer version.</exception>
    public static JournalPosition FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length && bytes[0] == Version && BinaryPrimitives.ReadInt64LittleEndian(bytes[17..]) is >= 0 and var number
            ? new(new Guid(bytes[1..17]), number)
            : throw new FormatException($"These {bytes.Length} bytes are no position of a journal, or one of a newer version of Sluice.");

    /// <summary>The position as bytes, to be stored.</summary>
    /// <returns>25 bytes, which are to be taken as they are.</returns>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        bytes[0] = Version;
        _ = Journal.TryWriteBytes(bytes.AsSpan(1));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(17), Number);
        return bytes;
    }

    /// <summary>Compares two positions of one journal.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Less than 0 if this one comes first, 0 if both are the same, else more.</returns>
    /// <exception cref="ArgumentException">Thrown: they are of two journals.</exception>
    public int CompareTo(JournalPosition other) => Journal == other.Journal
        ? Number.CompareTo(other.Number)
        : throw new ArgumentException("The positions are of two journals, so neither comes first.", nameof(other));

    /// <inheritdoc/>
    public override string ToString() => $"record {Number}";

    /// <summary>Compares two positions of one journal.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other one.</param>
    /// <returns>Whether the left one comes first.</returns>
    public static bool operator <(JournalPosition left, JournalPosition right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    /// <returns>Whether the left one comes later.</returns>
    public static bool operator >(JournalPosition left, JournalPosition right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    /// <returns>Whether the left one comes first, or both are the same.</returns>
    public static bool operator <=(JournalPosition left, JournalPosition right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    /// <returns>Whether the left one comes later, or both are the same.</returns>
    public static bool operator >=(JournalPosition left, JournalPosition right) => left.CompareTo(right) >= 0;
}
