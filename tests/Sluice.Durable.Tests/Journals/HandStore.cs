namespace Sluice.Durable;

/// <summary>A store in memory that writes when the test lets it.</summary>
internal sealed class HandStore : JournalStore
{
    private readonly List<byte[]> _records = [];
    private readonly SemaphoreSlim _allowed = new(0);
    private readonly Dictionary<string, long> _pins = [];

    public override Guid Id { get; } = Guid.NewGuid();

    public override long First => 0;

    public override long End
    {
        get
        {
            lock (_records)
            {
                return _records.Count;
            }
        }
    }

    public override string? Repair => null;

    public override IReadOnlyDictionary<string, long> Pins => _pins;

    internal bool IsClosed { get; private set; }

    /// <summary>Raised by the next batch.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>The sizes of the batches that were written or begun.</summary>
    internal List<int> Batches { get; } = [];

    internal void Allow(int batches = 1) => _allowed.Release(batches);

    public override void Append(JournalBatch batch)
    {
        lock (_records)
        {
            Batches.Add(batch.Count);
        }

        if (!_allowed.Wait(Tests.Wait.Limit))
        {
            throw new TimeoutException("No batch was allowed.");
        }

        if (Failure is not null)
        {
            throw Failure;
        }

        lock (_records)
        {
            foreach (var record in batch)
            {
                _records.Add(record.ToArray());
            }
        }
    }

    public override JournalCursor Read(long number) => new Cursor(this, number);

    public override void Trim(long before) => throw new NotSupportedException();

    public override void SetPin(string name, long? number) => throw new NotSupportedException();

    protected override void Dispose(bool disposing) => IsClosed = true;

    private sealed class Cursor(HandStore store, long next) : JournalCursor
    {
        private ReadOnlyMemory<byte> _record;

        public override ReadOnlyMemory<byte> Record => _record;

        public override bool TryRead(long end)
        {
            if (next >= end)
            {
                return false;
            }

            lock (store._records)
            {
                _record = store._records[(int)next++];
            }

            return true;
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
