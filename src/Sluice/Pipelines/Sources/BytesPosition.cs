using Sluice.Bytes;

namespace Sluice;

/// <summary>The position of a source of a file's bytes: how many are before it.</summary>
internal sealed class BytesPosition : ISourcePosition
{
    private readonly OpenInput _file;
    private long _offset;
    private int _sending;

    private BytesPosition(OpenInput file, long offset) => (_file, _offset) = (file, offset);

    public void Write(ByteSink to, int handed) => FilePlace.Of(_file.Handle, handed == 0 ? _offset : _offset + _sending).Write(to);

    /// <summary>Has the file begin where the stored position says.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read from there.</exception>
    internal static BytesPosition Begin(ReadOnlyMemory<byte>? stored, OpenInput file, string path)
    {
        LinesPosition.ThrowUnlessSeekable(file, path);
        if (stored is not { } bytes)
        {
            return new(file, 0);
        }

        var place = FilePlace.Read(new ByteSource(bytes.ToArray()));
        LinesPosition.Seek(file, place, path);
        return new(file, place.Offset);
    }

    /// <summary>So many bytes are sent now, as one item.</summary>
    internal void Send(int count) => _sending = count;

    /// <summary>They were handled.</summary>
    internal void Sent() => (_offset, _sending) = (_offset + _sending, 0);
}
