using System.Data.Common;

namespace Sluice.Durable;

/// <summary>A sink that writes rows of a table. In the database of the job's store they are part of the checkpoint's transaction. In another one the checkpoint has them, and a transaction behind the commit writes them
/// together with a row that says up to which checkpoint that is done.</summary>
internal abstract class SqlTableSink<T>(SqlTable<T> table) : StagedSink<T>
{
    private const string Marks = "sluice_output";

    private StagedContext? _context;
    private bool _isInStore;

    /// <summary>The statement for one row.</summary>
    protected string Statement => table.Statement;

    public override async ValueTask RestoreAsync(StagedContext context, StagedCheckpoint? committed, CancellationToken cancellationToken)
    {
        _context = context;
        _isInStore = context.Supports(Participant(context.Sink, []));
        if (context.Job is null || (_isInStore && (committed is null || committed.State.IsEmpty)))
        {
            return;
        }

        await TransactAsync(async (statement, token) =>
        {
            await statement.ExecuteAsync($"CREATE TABLE IF NOT EXISTS {Marks}(job TEXT NOT NULL, sink TEXT NOT NULL, epoch BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY(job, sink))", [], token).ConfigureAwait(false);
            // A checkpoint that was committed and not published is published now. A new job of an old name begins at nothing.
            var done = Math.Min(await FindAsync(statement, token).ConfigureAwait(false), committed?.Number ?? -1);
            await SetAsync(statement, done, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask<StagedPart> PrepareAsync(long checkpoint, IReadOnlyList<T> items, CancellationToken cancellationToken)
    {
        var rows = items.Select(table.RowOf).ToList();
        return new(_isInStore
            ? new StagedPart(default(ReadOnlyMemory<byte>)) { Participant = rows.Count == 0 ? null : Participant(_context!.Sink, rows) }
            : new StagedPart(SqlValues.ToBytes(rows)));
    }

    public override async ValueTask PublishAsync(StagedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var rows = SqlValues.FromBytes(checkpoint.State);
        if (rows.Count == 0)
        {
            return; // none, or they were in the checkpoint's own transaction
        }

        await TransactAsync(async (statement, token) =>
        {
            if (_context!.Job is not null)
            {
                if (await FindAsync(statement, token).ConfigureAwait(false) >= checkpoint.Number)
                {
                    return; // the answer was lost
                }

                await SetAsync(statement, checkpoint.Number, token).ConfigureAwait(false);
            }

            await InsertAsync(statement.Transaction, rows, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes rows within a transaction.</summary>
    protected abstract Task InsertAsync(DbTransaction transaction, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken);

    /// <summary>Does something in a transaction of its own, and commits it.</summary>
    protected abstract Task TransactAsync(Func<SqlTransaction, CancellationToken, Task> action, CancellationToken cancellationToken);

    /// <summary>The work in the transaction of a checkpoint.</summary>
    protected abstract CommitParticipant Participant(string node, IReadOnlyList<object?[]> rows);

    /// <summary>The number of the checkpoint up to which rows are there; -1: none.</summary>
    /// <exception cref="JobTakenOverException">A newer run of the job has been here.</exception>
    private async Task<long> FindAsync(SqlTransaction statement, CancellationToken cancellationToken)
    {
        var found = await statement.ListAsync($"SELECT epoch, n FROM {Marks} WHERE job = @job AND sink = @sink", [("@job", _context!.Job), ("@sink", _context.Sink)], static row => (Epoch: row.GetInt64(0), Number: row.GetInt64(1)), cancellationToken).ConfigureAwait(false);
        return found is not [var (epoch, number)] ? -1
            : epoch > _context.Epoch ? throw new JobTakenOverException(_context.Job!, _context.Epoch, epoch)
            : number;
    }

    private Task<int> SetAsync(SqlTransaction statement, long number, CancellationToken cancellationToken) => statement.ExecuteAsync(
        $"INSERT INTO {Marks}(job, sink, epoch, n) VALUES(@job, @sink, @epoch, @n) ON CONFLICT (job, sink) DO UPDATE SET epoch = excluded.epoch, n = excluded.n",
        [("@job", _context!.Job), ("@sink", _context.Sink), ("@epoch", _context.Epoch), ("@n", number)],
        cancellationToken);
}
