using System.Threading.Channels;

namespace Sluice;

/// <summary>Makes sources. Thread safety: all members may be called from any thread.</summary>
public static partial class Source
{
    /// <summary>Produces the items of a sequence, which is enumerated again in each run and only as far as items are
    /// taken.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The sequence. What it throws fails the run.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="items"/> is null.</exception>
    public static Source<T> From<T>(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items is T[] array
            ? CreateWithPosition<T>(run => FromArray(run, array), "From")
            : items is IReadOnlyList<T> list ? CreateWithPosition<T>(run => run.Run.Starter is null ? FromEnumerable(run, items) : FromList(run, list), "From")
            : Create<T>(run => FromEnumerable(run, items), "From");
    }

    /// <summary>Produces the items of an asynchronous sequence, which is enumerated again in each run and only as far as
    /// items are taken.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="items">The sequence; it gets a token that is cancelled with the run and when no one takes its items
    /// any more. What it throws fails the run.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="items"/> is null.</exception>
    public static Source<T> From<T>(IAsyncEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Create<T>(run => FromAsyncEnumerable(run, items), "From");
    }

    /// <summary>Produces what is written to a channel, until the channel is completed.</summary>
    /// <remarks>An item is taken from the channel only when it can be sent at once. A channel that was completed with an
    /// error fails the run with that error. Several runs share the channel's items between them.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="reader">The channel's reading side.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="reader"/> is null.</exception>
    public static Source<T> From<T>(ChannelReader<T> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Create<T>(run => FromChannel(run, reader, "what the channel holds"), "From");
    }

    /// <summary>Produces what a coroutine sends. It may await anything, and ends when its code ends.</summary>
    /// <remarks>When no one takes its items any more the next send throws <see cref="TargetClosedException"/>, which may
    /// escape: that is a normal end. <see cref="Target{T}.IsClosed"/> shows it beforehand.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="body">The coroutine: gets where to send, and a token that is cancelled with the run and when no one
    /// takes its items any more.</param>
    /// <param name="name">What to call the node unless it gets a name of its own with <see cref="Source{T}.Named"/>; default the
    /// method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Source<T> Create<T>(
        Func<Target<T>, CancellationToken, Coroutine> body,
        string? name = null,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(body))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Create<T>(run => body(run.Next, run.Cancellation), name ?? NodeNames.Of(body, expression, "Source"));
    }

    /// <summary>Produces what a coroutine sends that has many items at hand at a time, such as a parser: it can send arrays, and give
    /// way.</summary>
    /// <remarks>As <see cref="Create{T}(Func{Target{T}, CancellationToken, Coroutine}, string, string)"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="body">The coroutine.</param>
    /// <param name="name">What to call the node unless it gets a name of its own with <see cref="Source{T}.Named"/>; default the
    /// method's name.</param>
    /// <param name="detail">A few words for graphs, such as a path. Default none.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Source<T> Create<T>(
        Func<SourceRun<T>, Coroutine> body,
        string? name = null,
        string? detail = null,
        [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(body))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new(new SourcePoint(new SourceSpec<T>(name ?? NodeNames.Of(body, expression, "Source"), NodeNames.Detail(detail), body)));
    }

    /// <summary>A source that sets its <see cref="SourceRun{T}.Position"/> before its first item.</summary>
    internal static Source<T> CreateWithPosition<T>(Func<SourceRun<T>, Coroutine> body, string name, string? detail = null, string? refusesKeys = null) =>
        new(new SourcePoint(new SourceSpec<T>(name, NodeNames.Detail(detail), body) { HasPosition = true, RefusesKeys = refusesKeys }));

    private static Coroutine FromArray<T>(SourceRun<T> run, T[] items)
    {
        var position = IndexPosition.At(run.ResumesAt, items.Length);
        run.Position = position;
        return run.SendAllAsync(items, (int)position.First, items.Length, position.First);
    }

    /// <summary>By number, so that a run whose state is kept can go on with any of them.</summary>
    private static async Coroutine FromList<T>(SourceRun<T> run, IReadOnlyList<T> items)
    {
        var position = IndexPosition.At(run.ResumesAt, items.Count);
        run.Position = position;
        var chunk = new T[Math.Min(SourceRun<T>.ChunkLength, items.Count)];
        while (position.First < items.Count && !run.Next.IsClosed)
        {
            var count = (int)Math.Min(chunk.Length, items.Count - position.First);
            for (var i = 0; i < count; i++)
            {
                chunk[i] = items[(int)position.First + i];
            }

            await run.SendAllAsync(chunk, 0, count, position.First);
            position.First += count;
        }
    }

    private static async Coroutine FromEnumerable<T>(SourceRun<T> run, IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await run.WithinStrand.SendAsync(item);
            if (run.Next.IsClosed)
            {
                return;
            }

            await run.GiveWayAsync();
        }
    }

    private static async Coroutine FromAsyncEnumerable<T>(SourceRun<T> run, IAsyncEnumerable<T> items)
    {
        await foreach (var item in items.WithCancellation(run.Cancellation))
        {
            await run.WithinStrand.SendAsync(item);
            if (run.Next.IsClosed)
            {
                return;
            }

            await run.GiveWayAsync();
        }
    }

    private static async Coroutine FromChannel<T>(SourceRun<T> run, ChannelReader<T> reader, string? position)
    {
        run.RestartPosition = position;
        while (await reader.WaitToReadAsync(run.Cancellation))
        {
            while (reader.TryRead(out var item))
            {
                await run.WithinStrand.SendAsync(item);
                if (run.Next.IsClosed)
                {
                    return;
                }

                await run.GiveWayAsync();
            }
        }
    }
}
