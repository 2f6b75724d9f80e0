using System.Globalization;

namespace Sluice;

/// <summary>The part of a file's name that a program adds when it rotates a log: a number, as in <c>access.log.1</c>, or a time, as in <c>access.log-20260131</c> or
/// <c>access.2026-01-31.log</c>.</summary>
/// <param name="Number">The number, which grows while the file gets older; -1 for a time.</param>
/// <param name="Time">The time as it is written; empty for a number.</param>
/// <param name="IsCompressed">Whether the file was compressed.</param>
internal readonly record struct RotationName(int Number, string Time, bool IsCompressed)
{
    /// <summary>A longer number is a time.</summary>
    private const int LongestNumber = 5;

    private static readonly string[] s_compressed = [".gz", ".bz2", ".xz", ".zst", ".zip", ".Z", ".lz4"];

    /// <summary>Reads a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="original">The name that the file had before.</param>
    /// <param name="rotation">What was added.</param>
    /// <returns>False: the name is not of that kind.</returns>
    internal static bool TryParse(string name, string original, out RotationName rotation)
    {
        rotation = default;
        var end = Array.Find(s_compressed, end => name.EndsWith(end, StringComparison.Ordinal));
        var added = Added(end is null ? name : name[..^end.Length], original);
        if (added.Length == 0 || !char.IsAsciiDigit(added[0]) || added.Any(static character => !char.IsAsciiDigit(character) && !".-_:+TZ".Contains(character, StringComparison.Ordinal)))
        {
            return false;
        }

        rotation = added.Length <= LongestNumber && int.TryParse(added, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(number, "", end is not null)
            : new(-1, added, end is not null);
        return true;
    }

    /// <summary>Compares two files by age, the older one first; 0 if their names do not say it.</summary>
    internal int CompareTo(RotationName other) => (Number >= 0, other.Number >= 0) switch
    {
        (true, true) => other.Number.CompareTo(Number),
        (false, false) when Time.Length == other.Time.Length => string.CompareOrdinal(Time, other.Time),
        _ => 0,
    };

    private static string Added(string name, string original)
    {
        const string Separators = ".-_";
        if (name.Length > original.Length + 1 && name.StartsWith(original, StringComparison.Ordinal) && Separators.Contains(name[original.Length], StringComparison.Ordinal))
        {
            return name[(original.Length + 1)..];
        }

        var (stem, extension) = (Path.GetFileNameWithoutExtension(original), Path.GetExtension(original));
        return extension.Length > 0 && name.Length > original.Length + 1 && name.StartsWith(stem, StringComparison.Ordinal) && name.EndsWith(extension, StringComparison.Ordinal) && Separators.Contains(name[stem.Length], StringComparison.Ordinal)
            ? name[(stem.Length + 1)..^extension.Length]
            : "";
    }
}
