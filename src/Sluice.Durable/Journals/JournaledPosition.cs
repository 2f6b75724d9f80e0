using System.Globalization;
using Sluice.Bytes;

namespace Sluice.Durable;

/// <summary>The place of a job in a journal. When it is committed, the journal lets go of what no kept checkpoint needs.</summary>
internal sealed class JournaledPosition(Journal journal, JournalPosition start) : ISourcePosition, ICommitListener
{
    private const string PinsStart = "checkpoint ";

    private readonly Lock _gate = new(); // guards the fields below but First
    private readonly Queue<JournalPosition> _kept = new(); // of the newest checkpoints of this run
    private JournalPosition? _marked; // since the last commit
    private bool _hasLooked;
    private bool _isClosed;

    /// <summary>The number of the first record of the array that is sent now, or next. The strand's.</summary>
    internal long First { get; set; } = start.Number;

    public void Write(ByteSink to, int handed)
    {
        var position = journal.PositionOf(First + handed);
        to.WriteBytes(position.ToBytes());
        lock (_gate)
        {
            _marked = position;
        }
    }

    public string PlaceOf(int handed) => (First + handed).ToString(CultureInfo.InvariantCulture);

    ICommitListener ISourcePosition.ListenerAt(int handed) => this;

    /// <summary>A checkpoint with a name keeps its records. The pin comes first: a crash before the commit leaves one too many.</summary>
    public Task PrepareAsync(string? name, CancellationToken cancellationToken) => name is null ? Task.CompletedTask : DoAsync(() => journal.Pin(PinsStart + name, _marked ?? journal.PositionOf(First)));

    public Task CommittedAsync(int kept, IReadOnlySet<string> names, CancellationToken cancellationToken) => DoAsync(() =>
    {
        if (_marked is { } committed)
        {
            _kept.Enqueue(committed);
            _marked = null; // a second call for this checkpoint only trims
        }

        if (!_hasLooked)
        {
            foreach (var pin in journal.Pins.Keys.Where(pin => pin.StartsWith(PinsStart, StringComparison.Ordinal) && !names.Contains(pin[PinsStart.Length..])).ToList())
            {
                journal.Unpin(pin); // its checkpoint has gone
            }

            _hasLooked = true;
        }

        while (_kept.Count > kept)
        {
            _kept.Dequeue();
        }

        if (_kept.Count == kept) // else older ones, of the run before, are kept too
        {
            journal.Trim(_kept.Peek());
        }
    });

    /// <summary>The source has ended, and closes the journal: nothing needs its records less for that.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    private Task DoAsync(Action action) => Task.Run(() =>
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                action();
            }
        }
    });
}
