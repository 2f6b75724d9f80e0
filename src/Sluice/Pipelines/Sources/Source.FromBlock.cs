using System.Threading.Tasks.Dataflow;

namespace Sluice;

public static partial class Source
{
    /// <summary>Produces what a dataflow block gives, until the block completes.</summary>
    /// <remarks>An item is taken from the block only when it can be sent at once: what is not taken stays for the block's
    /// other consumers, and cancelling loses nothing. The block is linked for the time of the run; several runs share its items
    /// between them. Of a <see cref="BroadcastBlock{T}"/> it gets the latest item whenever it is ready for one.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="block">The block. If it is faulted the run fails with its error, if it is cancelled with an
    /// <see cref="OperationCanceledException"/>, which is a failure too.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="block"/> is null.</exception>
    public static Source<T> From<T>(ISourceBlock<T> block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return Create<T>(run => FromBlock(run, block), "From");
    }

    private static async Coroutine FromBlock<T>(SourceRun<T> run, ISourceBlock<T> block)
    {
        run.RestartPosition = "what the block holds";
        var reader = new BlockReader<T>(block);
        using var link = block.LinkTo(reader, new DataflowLinkOptions { PropagateCompletion = true });
        while (await reader.WaitToTakeAsync(run.Cancellation))
        {
            while (reader.TryTake(out var item))
            {
                await run.WithinStrand.SendAsync(item);
                if (run.Next.IsClosed)
                {
                    return;
                }

                await run.GiveWayAsync();
            }
        }

        reader.ThrowIfFaulted();
    }
}
