using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Follows a file by its name, like <c>tail -F</c>.</summary>
internal sealed class LineFollower<T>(SourceRun<T> run, string path, LinesOptions options, LineParser<T> make)
{
    private readonly Source.LineSender<T> _lines = new(run, path, options, make);

    internal async Coroutine Run()
    {
        while (!run.Next.IsClosed)
        {
            if (TryOpen() is { } opened)
            {
                using (opened)
                {
                    await Follow(opened);
                }

                await _lines.SendRest();
            }
            else
            {
                await Pause();
            }
        }
    }

    /// <summary>Follows one file until another one has its name.</summary>
    private async Coroutine Follow(SafeFileHandle file)
    {
        var position = 0L;
        var wasReplaced = false;
        while (!run.Next.IsClosed)
        {
            var read = await RandomAccess.ReadAsync(file, _lines.Free(), position, run.Cancellation);
            if (read > 0)
            {
                position += read;
                await _lines.Send(read);
            }
            else if (RandomAccess.GetLength(file) < position)
            {
                position = 0;
                await _lines.SendRest();
            }
            else if (wasReplaced)
            {
                return;
            }
            else
            {
                // Whoever writes the file may go on for a moment after it was renamed: one more look before leaving it.
                wasReplaced = IsReplaced(file);
                await Pause();
            }
        }
    }

    private async Coroutine Pause() => await Task.Delay(options.PollInterval, run.Run.TimeProvider, run.Cancellation);

    private SafeFileHandle? TryOpen()
    {
        try
        {
            return InputFile.Open(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // not there yet, or between two files: it is waited for
        }
    }

    private bool IsReplaced(SafeFileHandle file)
    {
        using var current = TryOpen();
        return current is not null && FileIdentity.Of(current) != FileIdentity.Of(file);
    }
}
