using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Follows a file by its name, like <c>tail -F</c>.</summary>
internal sealed class LineFollower<T>(SourceRun<T> run, string path, LinesOptions options, LineParser<T> make)
{
    private readonly Source.LineSender<T> _lines = new(run, path, options, make);

    /// <summary>The file that has the name now, if that is no longer the one that is followed. It is kept open: a pipe's writer would not survive that its
    /// reader goes.</summary>
    private SafeFileHandle? _replacement;

    internal async Coroutine Run()
    {
        try
        {
            while (!run.Next.IsClosed)
            {
                var file = _replacement ?? await TryOpen();
                _replacement = null;
                if (file is null)
                {
                    await Pause();
                    continue;
                }

                using (file)
                {
                    await Follow(file);
                }

                await _lines.SendRest();
            }
        }
        finally
        {
            _replacement?.Dispose();
        }
    }

    /// <summary>Follows one file until another one has its name.</summary>
    private async Coroutine Follow(SafeFileHandle file)
    {
        await using var stream = InputFile.StreamOf(file);
        var identity = FileIdentity.Of(file);
        var position = 0L;
        while (!run.Next.IsClosed)
        {
            var read = await stream.ReadAsync(_lines.Free(), run.Cancellation);
            if (read > 0)
            {
                position += read;
                await _lines.Send(read);
            }
            else if (stream.CanSeek && stream.Length < position)
            {
                position = stream.Position = 0;
                await _lines.SendRest();
            }
            else if (_replacement is not null)
            {
                return;
            }
            else
            {
                // A writer may go on for a moment after its file was renamed: one more look before leaving it.
                if (stream.CanSeek || IsRenamed(file, identity))
                {
                    await LookForReplacement(file);
                }

                await Pause();
            }
        }
    }

    private async Coroutine Pause() => await Task.Delay(options.PollInterval, run.Run.TimeProvider, run.Cancellation);

    private async Coroutine<SafeFileHandle?> TryOpen()
    {
        try
        {
            return await InputFile.OpenHandleAsync(path, run.Cancellation);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // not there yet, or between two files: it is waited for
        }
    }

    private async Coroutine LookForReplacement(SafeFileHandle file)
    {
        var current = await TryOpen();
        if (current is not null && FileIdentity.Of(current) == FileIdentity.Of(file))
        {
            current.Dispose();
            current = null;
        }

        _replacement = current;
    }

    /// <summary>Returns whether a pipe has lost its name to another file. It is not opened for that: opening would wait for a writer.</summary>
    private bool IsRenamed(SafeFileHandle pipe, string identity) => File.Exists(path) && FileIdentity.Of(pipe) != identity;
}
