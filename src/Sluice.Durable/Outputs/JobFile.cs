using System.Buffers;

namespace Sluice.Durable;

/// <summary>A file of a sink in a job. Items that come before the first checkpoint is committed are kept in it: nothing may be written to the file before its identity and length are known.</summary>
internal sealed class JobFile<T>(string path, OutputFileOptions options, RecordEncoder<T> encode, string node, JobOutputs outputs) : SinkOutput<T>, IJobFile
{
    private readonly ArrayBufferWriter<byte> _item = new(); // the strand's
    private readonly Lock _gate = new(); // guards the next ones
    private List<byte[]>? _early = [];
    private int _earlyCut;
    private OutputFile? _file;
    private volatile bool _hasFailed;

    public string Node => node;

    public bool HasFailed => _hasFailed;

    public string FullPath { get; } = Path.GetFullPath(path);

    internal override void Add(T item)
    {
        _item.ResetWrittenCount();
        encode(item, _item);
        try
        {
            lock (_gate)
            {
                if (_early is not null)
                {
                    _early.Add(_item.WrittenSpan.ToArray());
                }
                else
                {
                    _file!.Append(_item.WrittenSpan);
                }
            }
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }

    internal override void Cut(long number) => Try(() =>
    {
        lock (_gate)
        {
            _earlyCut = _early?.Count ?? 0;
        }

        _file!.Cut(number);
        return true;
    });

    public async Task RestoreAsync(StagedCheckpoint? committed, CancellationToken cancellationToken)
    {
        if (committed is null)
        {
            _file = OutputFile.Open(outputs.Disk, FullPath, options);
            return;
        }

        var stored = JobFileState.FromBytes(committed.State.Span, node);
        try
        {
            _file = OutputFile.Restore(outputs.Disk, FullPath, stored.File, options);
        }
        catch (FileInUseException held) when (outputs.MayTakeOverFrom(held.ProcessId))
        {
            _file = OutputFile.Restore(outputs.Disk, FullPath, stored.File, options with { TakeOver = true });
        }

        _early = [.. stored.Early];
        await Task.Run(AppendEarly, cancellationToken).ConfigureAwait(false);
    }

    public Task<StagedPart> PrepareAsync(long number, CancellationToken cancellationToken) => Task.Run(() => Try(() =>
    {
        var state = _file!.Prepare(number);
        lock (_gate)
        {
            return new StagedPart(new JobFileState(state, [.. (_early ?? []).Take(_earlyCut)]).ToBytes());
        }
    }), cancellationToken);

    public Task PublishAsync(long number, CancellationToken cancellationToken) => Task.Run(() => Try(() =>
    {
        _file!.Publish(number);
        AppendEarly();
        return true;
    }), cancellationToken);

    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void AppendEarly()
    {
        lock (_gate)
        {
            _early?.ForEach(record => _file!.Append(record));
            _early = null;
        }
    }

    /// <summary>A file whose write or fsync has failed is not written to again (rule 16).</summary>
    private TValue Try<TValue>(Func<TValue> action)
    {
        try
        {
            return action();
        }
        catch
        {
            _hasFailed = true;
            throw;
        }
    }
}
