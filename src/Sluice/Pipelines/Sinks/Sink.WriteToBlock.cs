using System.Threading.Tasks.Dataflow;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Sends the items to a dataflow block; each waits until the block accepts it.</summary>
    /// <remarks>At the end the block is completed, or faulted with the error if what is before the sink failed or the block did not
    /// take an item, or with an <see cref="OperationCanceledException"/> if the run was cancelled. The run ends when the block has
    /// accepted everything; its own <see cref="IDataflowBlock.Completion"/> completes when it has processed it. A run whose token is
    /// cancelled before it starts does not touch the block. If the block takes no more items, because it has completed or
    /// faulted, the run fails at the next one with an <see cref="InvalidOperationException"/>, whose inner exception is the block's
    /// failure as far as it is known. Cancelling ends the wait for the block.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="block">The block.</param>
    /// <param name="complete">Whether to complete or fault the block at the end; false leaves it open for others or another run.
    /// Default true.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="block"/> is null.</exception>
    public static Sink<T> WriteTo<T>(ITargetBlock<T> block, bool complete = true)
    {
        ArgumentNullException.ThrowIfNull(block);
        return Create<T>(items => WriteToBlock(items, block, complete), "WriteTo");
    }

    private static async Coroutine WriteToBlock<T>(Inbox<T> items, ITargetBlock<T> block, bool complete)
    {
        try
        {
            await foreach (var item in items)
            {
                if (!await block.SendAsync(item, items.Cancellation))
                {
                    throw new InvalidOperationException("The block takes no more items: it has completed or faulted.", block.Completion.Exception?.GetBaseException());
                }
            }
        }
        catch (Exception error) when (complete)
        {
            block.Fault(items.CauseOf(error));
            throw;
        }

        if (complete)
        {
            block.Complete();
        }
    }
}
