using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Follows a file by its name, like <c>tail -F</c>. Kept as the position of its source, it goes on behind the last line that was sent.</summary>
internal sealed class LineFollower<T>(SourceRun<T> run, string path, LinesOptions options, LineParser<T> make) : IOpenPosition
{
    private readonly Source.LineSender<T> _lines = new(run, path, options, make);

    /// <summary>Null unless the run keeps its state.</summary>
    private readonly FollowedPlace<T>? _place = run.Run.Starter is null ? null : new(path, options);

    /// <summary>The file that is followed; null between two of them.</summary>
    private OpenInput? _file;

    /// <summary>The name of the file when it was opened.</summary>
    private string _identity = "";

    /// <summary>The file that comes next, if another one has the name now. It is kept open: a pipe's writer would not survive that its reader goes.</summary>
    private SafeFileHandle? _replacement;

    public void Dispose()
    {
        _file?.Dispose();
        _replacement?.Dispose();
    }

    /// <summary>Names the line that comes next.</summary>
    public override string ToString() => _lines.ToString();

    internal async Coroutine Run()
    {
        if (_place is not null && run.Position is null)
        {
            _file = _place.Begin(run.ResumesAt, _lines);
            run.Position = _place;
        }

        if (_file is { CanSeek: true } && _replacement is null && await TryOpen() is { } again)
        {
            _file.GoOnWith(again);
        }

        await _lines.Send(0);
        while (!run.Next.IsClosed)
        {
            if (_file is null && !await TryBegin())
            {
                await Pause();
                continue;
            }

            await Follow(_file!);
            await _lines.SendRest();
            _file!.Dispose(); // not before: if the rest is refused, it is the rest of this file that is read again
            _file = null;
        }
    }

    /// <summary>Takes the file that comes next, or has the name. False: there is none.</summary>
    private async Coroutine<bool> TryBegin()
    {
        var handle = _replacement ?? await TryOpen();
        _replacement = null;
        if (handle is null)
        {
            return false;
        }

        _file = new(handle);
        _identity = _file.Identity;
        _place?.Enter(_file, _lines);
        return true;
    }

    /// <summary>Follows one file until another one has its name.</summary>
    private async Coroutine Follow(OpenInput file)
    {
        while (!run.Next.IsClosed)
        {
            var read = await file.ReadAsync(_lines.Free(), run.Cancellation);
            if (read > 0)
            {
                await _lines.Send(read);
            }
            else if (file.CanSeek && file.Length < file.Position)
            {
                await Shrunk(file);
            }
            else if (_replacement is not null)
            {
                return;
            }
            else
            {
                // A writer may go on for a moment after its file was renamed: one more look before leaving it.
                _place?.Remember();
                if (file.CanSeek || IsRenamed(file))
                {
                    await LookForReplacement(file);
                }

                await Pause();
            }
        }
    }

    /// <summary>The file was cut. Without durable state it begins again; else what was cut off is looked for.</summary>
    private async Coroutine Shrunk(OpenInput file)
    {
        if (_place?.FindCopy() is { } copy)
        {
            file.GoOnIn(copy);
            _place.BeginAtRemembered(file, _lines);
            return;
        }

        await _lines.SendRest();
        file.Position = 0;
        _place?.Enter(file, _lines);
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

    private async Coroutine LookForReplacement(OpenInput file)
    {
        if (_place is not null)
        {
            _replacement = _place.OpenNext();
            return;
        }

        var current = await TryOpen();
        if (current is not null && FileIdentity.Of(current) == file.Identity)
        {
            current.Dispose();
            current = null;
        }

        _replacement = current;
    }

    /// <summary>Returns whether a pipe has lost its name to another file. It is not opened for that: opening would wait for a writer.</summary>
    private bool IsRenamed(OpenInput pipe) => File.Exists(path) && pipe.Identity != _identity;
}
