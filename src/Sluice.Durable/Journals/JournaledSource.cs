namespace Sluice.Durable;

/// <summary>One run of a source behind a journal: a run of its own fills the journal, and this one reads it.</summary>
internal sealed class JournaledSource<T>(SourceRun<T> run, Source<T> source, Func<T, ReadOnlyMemory<byte>> write, Func<ReadOnlyMemory<byte>, T> read)
{
    internal async Coroutine Run(string folder, JournalOptions? options)
    {
        // At once, so that a mark finds the position: opening blocks for a short time.
        var journal = Journal.Open(folder, options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        var filling = Task.CompletedTask;
        JournaledPosition? position = null;
        try
        {
            var start = run.ResumesAt is { } bytes ? JournalPosition.FromBytes(bytes.Span) : journal.Start;
            using var reader = journal.Read(start);
            position = new(journal, start);
            run.Position = position;
            filling = Task.Run(() => source.To(Sink.Create<T>(items => Fill(items, journal), "Journal")).RunAsync(stop.Token), stop.Token);
            await Pass(reader, position, filling);
        }
        finally
        {
            position?.Close();
            await stop.CancelAsync();
            await filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what it has failed with was thrown, if all before was read
            await journal.DisposeAsync(); // writes what has come
        }
    }

    private async Coroutine Pass(JournalReader reader, JournaledPosition position, Task filling)
    {
        var items = new T[SourceRun<T>.ChunkLength];
        while (!run.Next.IsClosed)
        {
            var isFilled = filling.IsCompleted; // before the look at what there is
            var count = 0;
            while (count < items.Length && reader.TryRead())
            {
                items[count++] = read(reader.Record);
            }

            if (count > 0)
            {
                await run.SendAllAsync(items, 0, count, position.First);
                position.First += count;
            }
            else if (isFilled)
            {
                await filling;
                return;
            }
            else
            {
                await Task.WhenAny(filling, reader.WaitAsync(run.Cancellation).AsTask());
                run.Cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private async Coroutine Fill(Inbox<T> items, Journal journal)
    {
        await foreach (var item in items)
        {
            await journal.WriteAsync(write(item), items.Cancellation);
        }

        await journal.FlushAsync(items.Cancellation);
    }
}
