using System.Buffers.Binary;
using System.Text;

namespace Sluice.Durable;

/// <summary>The named pins of a journal in files: one small file, which is replaced by each change.</summary>
internal sealed class JournalPins
{
    internal const string Name = "pins";
    internal const string NewName = "pins.new";

    private const int Version = 1;
    private readonly Disk _disk;
    private readonly string _folder;
    private readonly SortedDictionary<string, long> _pins = new(StringComparer.Ordinal);

    internal JournalPins(Disk disk, string folder)
    {
        (_disk, _folder) = (disk, folder);
        if (disk.FileExists(PathOfPins))
        {
            Read();
        }
    }

    private static ReadOnlySpan<byte> Mark => "SLJPINS\0"u8;

    private string PathOfPins => Path.Combine(_folder, Name);

    internal IReadOnlyDictionary<string, long> All => new Dictionary<string, long>(_pins);

    internal void Set(string name, long? number)
    {
        var changed = new SortedDictionary<string, long>(_pins, StringComparer.Ordinal);
        if (number is { } kept)
        {
            changed[name] = kept;
        }
        else if (!changed.Remove(name))
        {
            return;
        }

        ReplacedFile.Write(_disk, PathOfPins, Path.Combine(_folder, NewName), BytesOf(changed)).Dispose();
        _pins.Clear();
        foreach (var pin in changed)
        {
            _pins.Add(pin.Key, pin.Value);
        }
    }

    private static byte[] BytesOf(SortedDictionary<string, long> pins)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(pins.Count);
        foreach (var (name, number) in pins)
        {
            var text = Encoding.UTF8.GetBytes(name);
            writer.Write(number);
            writer.Write(text.Length);
            writer.Write(text);
        }

        writer.Flush();
        writer.Write(Checksum.Of(0, bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        return bytes.ToArray();
    }

    private void Read()
    {
        using var file = _disk.OpenToRead(PathOfPins);
        var bytes = new byte[file.Length];
        _ = file.ReadAll(bytes, 0);
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - 4));
        if (!content.StartsWith(Mark) || content.Length < 16 || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(content.Length)) != Checksum.Of(0, content))
        {
            throw new JournalDamagedException(PathOfPins, 0, "The list of pins is damaged");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(content[8..]) is > Version and var version)
        {
            throw new NotSupportedException($"'{PathOfPins}' has format {version}; this version of Sluice knows formats up to {Version}. Use the newer version that wrote it.");
        }

        var at = 16;
        for (var left = BinaryPrimitives.ReadInt32LittleEndian(content[12..]); left > 0; left--)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(content[(at + 8)..]);
            _pins.Add(Encoding.UTF8.GetString(content.Slice(at + 12, length)), BinaryPrimitives.ReadInt64LittleEndian(content[at..]));
            at += 12 + length;
        }
    }
}
