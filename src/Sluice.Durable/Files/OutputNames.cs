using System.Globalization;

namespace Sluice.Durable;

/// <summary>The names of an output's files, all in the folder of its path.</summary>
internal sealed class OutputNames
{
    private readonly string _name;
    private readonly string _stem;
    private readonly string _extension;

    internal OutputNames(string path)
    {
        FullPath = Path.GetFullPath(path);
        Folder = Path.GetDirectoryName(FullPath) ?? throw new ArgumentException($"'{path}' is a folder, not a file.", nameof(path));
        _name = Path.GetFileName(FullPath);
        (_stem, _extension) = (Path.GetFileNameWithoutExtension(_name), Path.GetExtension(_name));
    }

    internal string FullPath { get; }

    internal string Folder { get; }

    /// <summary>The path of the file that is locked and says what is committed.</summary>
    internal string Side => FullPath + ".sluice";

    internal string NewSide => Side + ".new";

    /// <summary>The name of a part that bytes are appended to: with a number if there may be several.</summary>
    internal string OfPart(long number) => number == 0 ? _name : $"{_stem}-{number.ToString("D6", CultureInfo.InvariantCulture)}{_extension}";

    internal string OfPublished(long checkpoint, int number) =>
        $"{_stem}-{checkpoint.ToString("D10", CultureInfo.InvariantCulture)}-{number.ToString("D3", CultureInfo.InvariantCulture)}{_extension}";

    /// <summary>A hidden name, until the part is published. A run has others than the run before.</summary>
    internal string OfHidden(string run, int number) => $"{HiddenStart}{run}-{number.ToString("D3", CultureInfo.InvariantCulture)}.part";

    internal string OfCopy => $"{HiddenStart}copy";

    internal bool IsHidden(string name) => name.StartsWith(HiddenStart, StringComparison.Ordinal) && name.EndsWith(".part", StringComparison.Ordinal);

    internal bool IsPublished(string name) => Middle(name) is { } middle && middle.Split('-') is [{ Length: >= 10 } checkpoint, { Length: >= 3 } number]
        && IsNumber(checkpoint) && IsNumber(number);

    /// <summary>The number of a part that bytes are appended to; null for another file.</summary>
    internal long? PartNumberOf(string name) => name == _name ? 0
        : Middle(name) is { Length: >= 6 } middle && IsNumber(middle) && long.TryParse(middle, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal string PathOf(string name) => Path.Combine(Folder, name);

    private string HiddenStart => $".{_name}.";

    private static bool IsNumber(string text) => text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    private string? Middle(string name) => name.Length > _stem.Length + 1 + _extension.Length && name.StartsWith(_stem + '-', StringComparison.Ordinal) && name.EndsWith(_extension, StringComparison.Ordinal)
        ? name[(_stem.Length + 1)..^_extension.Length]
        : null;
}
