namespace Sluice.Durable;

/// <summary>The items of a <see cref="StagedSink{T}"/> between two checkpoints.</summary>
internal sealed class StagedOutputOf<T>(StagedSink<T> sink, StagedContext context, StagedSinkOptions options, CheckpointRequests requests) : SinkOutput<T>, IJobOutput
{
    private readonly Lock _gate = new(); // guards the fields below: the strand adds, and the run takes
    private readonly List<T> _items = [];
    private int _cut;
    private bool _hasAsked;

    private StagedCheckpoint? _prepared; // the run's
    private int _preparedItems;

    public string Node => context.Sink;

    public bool HasFailed => false;

    internal override void Add(T item)
    {
        lock (_gate)
        {
            _items.Add(item);
            if (_items.Count < options.MaxItems || _hasAsked)
            {
                return;
            }

            _hasAsked = true;
        }

        requests.Ask();
    }

    internal override void Cut(long number)
    {
        lock (_gate)
        {
            _cut = _items.Count;
        }
    }

    public async Task RestoreAsync(StagedCheckpoint? committed, CancellationToken cancellationToken)
    {
        await sink.RestoreAsync(context, committed, cancellationToken).ConfigureAwait(false);
        if (committed is not null)
        {
            await sink.PublishAsync(committed, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<StagedPart> PrepareAsync(long number, CancellationToken cancellationToken)
    {
        List<T> items;
        lock (_gate)
        {
            items = _items.GetRange(0, _cut);
        }

        var part = await sink.PrepareAsync(number, items, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"'{Node}' has prepared checkpoint {number} and returned null instead of what belongs to it.");
        (_prepared, _preparedItems) = (new(number, part.State), items.Count);
        return part;
    }

    public async Task PublishAsync(long number, CancellationToken cancellationToken)
    {
        if (_prepared is not { } prepared || prepared.Number != number)
        {
            throw new InvalidOperationException($"'{Node}' is told that checkpoint {number} is committed, and has prepared {_prepared?.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}.");
        }

        lock (_gate)
        {
            // Once: they are in the checkpoint, whatever becomes of this call.
            _items.RemoveRange(0, _preparedItems);
            _cut -= _preparedItems;
            _preparedItems = 0;
            _hasAsked = _items.Count >= options.MaxItems;
        }

        await sink.PublishAsync(prepared, cancellationToken).ConfigureAwait(false);
        if (_hasAsked)
        {
            requests.Ask();
        }
    }

    public ValueTask DisposeAsync() => sink.DisposeAsync();
}
