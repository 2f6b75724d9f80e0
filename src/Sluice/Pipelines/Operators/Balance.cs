using System.Runtime.ExceptionServices;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Shares the work among several equal sinks: each item goes to one of them, the next in turn that is ready.</summary>
    /// <remarks>
    /// <para>A sink is busy until it is ready for its next item. If all are busy this node waits for the first that becomes ready, so
    /// it holds one item at the most. Sinks that never wait for anything take turns. Items arrive at the sinks in their order,
    /// but may be finished in another.</para>
    /// <para>A sink that ends early drops out, and the others get its share; an item that it had not taken goes to another sink.
    /// When the last one has ended, so has this node. A sink that fails stops the run: if it failed while no one waited for
    /// it, at the next item or when the items end.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>All of them as one sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="sinks"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there is no sink, one of them is null, or one is there twice.</exception>
    public static Sink<T> Balance<T>(params Sink<T>[] sinks) => FanOut<T, T>(BalanceTo, "Balance", sinks);

    internal static async Coroutine BalanceTo<T>(Inbox<T> items, IReadOnlyList<Target<T>> targets)
    {
        var branches = new Branches<T>(targets);
        await foreach (var item in items)
        {
            branches.Waiting.Enqueue(item);
            while (branches.Waiting.Count > 0)
            {
                if (!branches.AnyOpen)
                {
                    branches.ThrowIfFailed();
                    return; // no one is left to take it
                }

                if (!branches.TrySendNext())
                {
                    items.NoteWaitForRoom(true);
                    await branches.WhenChanged().ConfigureAwait(false);
                    items.NoteWaitForRoom(false);
                }
            }
        }

        while (branches.AnyBusy || (branches.Waiting.Count > 0 && branches.AnyOpen))
        {
            if (!branches.TrySendNext())
            {
                items.NoteWaitForRoom(true);
                await branches.WhenChanged().ConfigureAwait(false);
                items.NoteWaitForRoom(false);
            }
        }

        branches.ThrowIfFailed();
    }

    /// <summary>The busy branches, and the outcomes of their sends. Owner: the node's strand.</summary>
    private sealed class Branches<T>(IReadOnlyList<Target<T>> targets)
    {
        private readonly bool[] _isBusy = new bool[targets.Count];
        private int _busy;
        private int _next;
        private ExceptionDispatchInfo? _failure;
        private TaskCompletionSource? _changed;

        /// <summary>The item that has to be sent; more if a branch ended before it took one.</summary>
        internal Queue<T> Waiting { get; } = new();

        internal bool AnyBusy => _busy > 0;

        internal bool AnyOpen
        {
            get
            {
                for (var i = 0; i < targets.Count; i++)
                {
                    if (!targets[i].IsClosed)
                    {
                        return true;
                    }
                }

                return false;
            }
        }

        /// <summary>False if nothing waits, or no branch is ready.</summary>
        internal bool TrySendNext()
        {
            ThrowIfFailed();
            if (Waiting.Count == 0 || !TryFindReady(out var branch))
            {
                return false;
            }

            var item = Waiting.Dequeue();
            var sent = targets[branch].SendAsync(item);
            if (sent.IsCompletedSuccessfully)
            {
                sent.GetAwaiter().GetResult();
            }
            else
            {
                _isBusy[branch] = true;
                _busy++;
                _ = Finish(branch, item, sent);
                ThrowIfFailed(); // at once, if it has failed already
            }

            return true;
        }

        internal Task WhenChanged() => (_changed = new()).Task;

        internal void ThrowIfFailed() => _failure?.Throw();

        private bool TryFindReady(out int branch)
        {
            for (var i = 0; i < targets.Count; i++)
            {
                branch = _next;
                _next = _next + 1 == targets.Count ? 0 : _next + 1;
                if (!_isBusy[branch] && !targets[branch].IsClosed)
                {
                    return true;
                }
            }

            branch = -1;
            return false;
        }

        /// <summary>Waits for a send in the place of the node, within the strand, and never fails itself.</summary>
        private async Coroutine Finish(int branch, T item, ValueTask sent)
        {
            try
            {
                await sent;
            }
            catch (TargetClosedException ended) when (!ended.Failed && targets[branch].IsClosed)
            {
                if (ended.InnerException is null)
                {
                    Waiting.Enqueue(item); // it ended before this item's turn; otherwise it ended with the item
                }
            }
            catch (Exception error)
            {
                _failure ??= ExceptionDispatchInfo.Capture(error);
            }

            _isBusy[branch] = false;
            _busy--;
            var changed = _changed;
            _changed = null;
            changed?.SetResult();
        }
    }
}

public static partial class Stage
{
    /// <summary>Shares the work among several branches of the same stage and merges what they send: as
    /// <see cref="Sink.Balance"/>.</summary>
    /// <remarks>What the branches send comes as they are done with it, not in the order of the items.</remarks>
    /// <typeparam name="T">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="degree">How many branches; 1 or more.</param>
    /// <param name="branch">The stage; each branch is one of its own.</param>
    /// <returns>All of them as one stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="branch"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="degree"/> is less than 1.</exception>
    public static Stage<T, TOut> Balance<T, TOut>(int degree, Stage<T, TOut> branch)
    {
        ArgumentNullException.ThrowIfNull(branch);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        return FanOut<T, T, TOut>(Sink.BalanceTo, "Balance", [.. Enumerable.Repeat(branch, degree)]);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Balance"/>
    /// <param name="source">The source.</param>
    /// <param name="degree">How many branches; 1 or more.</param>
    /// <param name="branch">The stage; each branch is one of its own.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Balance<T, TOut>(this Source<T> source, int degree, Stage<T, TOut> branch)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Balance(degree, branch));
    }

    /// <inheritdoc cref="Sink.Balance"/>
    /// <param name="source">The source.</param>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>The pipeline.</returns>
    public static Pipeline Balance<T>(this Source<T> source, params Sink<T>[] sinks)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.To(Sink.Balance(sinks));
    }
}
