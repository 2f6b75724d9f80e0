namespace Sluice;

/// <summary>Reads the lines of a file to its end. Kept as the position of its source, it goes on behind the last line that was sent.</summary>
internal sealed class LineReader<T>(SourceRun<T> run, string path, LinesOptions options, LineParser<T> make) : IOpenPosition
{
    private readonly Source.LineSender<T> _lines = new(run, path, options, make);
    private OpenInput? _file;

    internal async Coroutine Run()
    {
        var handle = await InputFile.OpenHandleAsync(path, run.Cancellation);
        if (_file is null)
        {
            _file = new(handle);
            if (run.Run.Starter is not null)
            {
                run.Position = LinesPosition<T>.Begin(run.ResumesAt, _file, _lines, path);
            }
        }
        else
        {
            _file.GoOnWith(handle);
        }

        await Source.ReadLines(run, _file.ReadAsync, _lines);
    }

    public void Dispose() => _file?.Dispose();

    public override string ToString() => _lines.ToString();
}
