using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>A file, or a pipe, that a source of lines reads. It stays open while the source waits to be started again, so that a file that has lost its name is
/// read to its end. Owner: the source's strand.</summary>
internal sealed class OpenInput(SafeFileHandle handle) : IDisposable
{
    private Stream _stream = InputFile.StreamOf(handle);

    /// <summary>Names the file as it is called now: see <see cref="FileIdentity"/>.</summary>
    internal string Identity => FileIdentity.Of(handle);

    internal SafeFileHandle Handle => handle;

    internal bool CanSeek => _stream.CanSeek;

    internal long Length => _stream.Length;

    internal long Position
    {
        get => _stream.Position;
        set => _stream.Position = value;
    }

    public void Dispose() => _stream.Dispose();

    internal ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) => _stream.ReadAsync(buffer, cancellation);

    /// <summary>Goes on with a new handle of the same file, at the same place: the old one may be what has failed. The handle of another file is closed, and
    /// the old file is read on.</summary>
    internal void GoOnWith(SafeFileHandle again)
    {
        if (!CanSeek || FileIdentity.Of(again) != Identity)
        {
            again.Dispose();
            return;
        }

        var position = _stream.Position;
        GoOnIn(again);
        _stream.Position = position;
    }

    /// <summary>Goes on in another file, from its start.</summary>
    internal void GoOnIn(SafeFileHandle other)
    {
        _stream.Dispose();
        handle = other;
        _stream = InputFile.StreamOf(other);
    }
}
