using Sluice.Durable;

namespace Sluice;

/// <summary>Sinks that take part in the checkpoints of a job. Thread safety: any thread.</summary>
public static class StagedSinks
{
    internal const string RefusesPolicies = "its items belong to checkpoints, which are tried again by themselves. Apply the policy to the stages before it.";

    extension(Sink)
    {
        /// <summary>A sink that gives each item exactly once to a target of two phases.</summary>
        /// <remarks>In a run without a job it prepares and publishes a batch whenever it has <see cref="StagedSinkOptions.MaxItems"/>, and the rest at the end; numbers begin with 0. A run that fails does not
        /// give the rest.</remarks>
        /// <typeparam name="T">The type of the items.</typeparam>
        /// <param name="make">Makes the target; called once in each run. It is disposed of when the run has ended.</param>
        /// <param name="options">How many items it holds. Default those of <see cref="StagedSinkOptions"/>.</param>
        /// <param name="name">What to call the node; default "Staged".</param>
        /// <returns>The sink.</returns>
        /// <exception cref="ArgumentNullException">Thrown: <paramref name="make"/> is null.</exception>
        public static Sink<T> Staged<T>(Func<StagedSink<T>> make, StagedSinkOptions? options = null, string name = "Staged")
        {
            ArgumentNullException.ThrowIfNull(make);
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            options ??= StagedSinkOptions.Default;
            return Sink.Create<T>(items => WriteBatches(items, make, options, name), name, new StagedRequest<T>(make, options), RefusesPolicies);
        }
    }

    private static async Coroutine WriteBatches<T>(Inbox<T> items, Func<StagedSink<T>> make, StagedSinkOptions options, string name)
    {
        await using var sink = make();
        await sink.RestoreAsync(new(null, name), null, items.Cancellation);
        var batch = new List<T>();
        var number = 0L;
        await foreach (var item in items)
        {
            batch.Add(item);
            if (batch.Count == options.MaxItems)
            {
                await WriteAsync(sink, number++, batch, items.Cancellation);
                batch = [];
            }
        }

        if (batch.Count > 0)
        {
            await WriteAsync(sink, number, batch, items.Cancellation);
        }
    }

    private static async Task WriteAsync<T>(StagedSink<T> sink, long number, List<T> batch, CancellationToken cancellationToken)
    {
        var part = await sink.PrepareAsync(number, batch, cancellationToken).ConfigureAwait(false);
        await sink.PublishAsync(new(number, part.State), cancellationToken).ConfigureAwait(false);
    }
}
