using System.Globalization;

namespace Sluice;

/// <summary>Gives keys to the items of sources that know where they stand. Thread safety: any thread.</summary>
public static class IdempotencyKeys
{
    /// <summary>Gives each item of a source together with its key, for sinks that hand items to a system outside at least once (<c>ForEach</c>, <c>SelectAsync</c>).</summary>
    /// <remarks>
    /// <para>The key is made of the item's place in the source, not of counts of the run. So it is the same after a crash, wherever the last checkpoint was and however the source was read. That holds as long as the
    /// source gives the same item at the same place: the array or list of the program, the lines of a file that is only appended to, the rows of a table whose column does not change. A job that is deleted and started
    /// again under its name gives the same keys again.</para>
    /// <para>Stages behind it take the key along: <c>Where(pair => Wanted(pair.Item))</c>, <c>Select(pair => (Order.Parse(pair.Item), pair.Key))</c>. An item that a stage makes of several has no key of its own. If
    /// always the same items make it, as in a window of ten, the key of the last one will do.</para>
    /// <para>In a run without a job nothing comes again: the keys have numbers, and a name that no other run has.</para>
    /// <para>The source runs where the job runs, not in another process. Each item is sent by itself and not in a chunk, and gets a text. Apply an error policy to the source before this.</para>
    /// <para>At a crash: the keys are of no state; they come from the position at which the source goes on.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source, with nothing behind it but an error policy, a name, or the place of what comes next.</param>
    /// <returns>The source of items and keys.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: it is no source, or one whose items have no keys; the message says why, and what to do.</exception>
    public static Source<(T Item, IdempotencyKey Key)> WithIdempotencyKeys<T>(this Source<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Point.Spec is not SourceSpec<T> spec)
        {
            throw new ArgumentException($"'{source.Point.Spec.Name}' is a node behind a source, and keys belong to the items of a source. Call {nameof(WithIdempotencyKeys)} right behind the source; the stages behind it take the pairs along.", nameof(source));
        }

        if ((spec.HasPosition ? spec.RefusesKeys : "it does not know where it stands. Use a source with a position, or put a journal behind it: .Journal(folder), package Sluice.Durable.") is { } refusal)
        {
            throw new ArgumentException($"The items of '{spec.Name}' have no keys: {refusal}", nameof(source));
        }

        return new(source.Point.With(new KeyedSourceSpec<T>(spec) { IsNamed = spec.IsNamed, OpensInTurn = spec.OpensInTurn }));
    }

    /// <summary>A source whose items get their keys when they leave it.</summary>
    private sealed record KeyedSourceSpec<T>(SourceSpec<T> Source) : NodeSpec(Source.Name, NodeKind.Source, Source.Detail), ISourceSpec
    {
        public bool HasPosition => true;

        public Type ItemType => typeof((T, IdempotencyKey));

        internal override void Start(Node node, object[] outputs)
        {
            var next = new KeyTarget<T>((Target<(T, IdempotencyKey)>)outputs[0], node);
            var body = Source.StartInto(node, next);
            next.Source = body.Source;
            node.Body = body;
        }
    }

    /// <summary>Puts the key beside each item. Called within the strand, while the source is in the send of that item.</summary>
    private sealed class KeyTarget<T>(Target<(T, IdempotencyKey)> next, Node node) : Target<T>
    {
        private string? _job;
        private long _sent;

        /// <summary>The source that sends here. Set before the first item.</summary>
        internal SourceRun<T> Source { private get; set; } = null!;

        public override bool IsClosed => next.IsClosed;

        public override ValueTask SendAsync(T item) => next.SendAsync((item, new(_job ??= JobOf(node), node.Name, PlaceOfItem())));

        public override ValueTask ThrowAsync(Exception error) => next.ThrowAsync(error);

        public override ValueTask CloseAsync() => next.CloseAsync();

        private string PlaceOfItem() => node.Run.Starter is null
            ? (_sent++).ToString(CultureInfo.InvariantCulture)
            : Source.Position?.PlaceOf(Source.Handed) ?? throw new InvalidOperationException($"'{node.Name}' has sent an item before it knew where it stands, so there is no key.");

        private static string JobOf(Node node) =>
            node.Run.Starter is not { } starter ? $"run {Guid.NewGuid():N}"
            : starter.Job ?? throw new InvalidOperationException($"'{node.Name}' gives its items keys, so it runs where the job runs. Take it out of the other process ({nameof(RunOptions)}.{nameof(RunOptions.Placement)}); the stages behind it may be there.");
    }
}
