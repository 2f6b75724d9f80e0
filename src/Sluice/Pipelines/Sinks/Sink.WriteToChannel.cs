using System.Threading.Channels;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Writes the items to a channel; each waits until the channel has room.</summary>
    /// <remarks>At the end the channel is completed: with the error if what is before the sink failed or the channel did not
    /// take an item, with an <see cref="OperationCanceledException"/> if the run was cancelled. So the channel's reader
    /// learns how it ended. A run whose token is cancelled before it starts does not touch the channel. A channel that someone
    /// else completed takes no more items: at the next one the run fails with <see cref="ChannelClosedException"/>.
    /// Cancelling ends the wait for room; the item that waited is not written.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="writer">The channel's writing side.</param>
    /// <param name="complete">Whether to complete the channel at the end; false leaves it open for other writers or another
    /// run. Default true.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="writer"/> is null.</exception>
    public static Sink<T> WriteTo<T>(ChannelWriter<T> writer, bool complete = true)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return Create<T>(items => WriteToChannel(items, writer, complete), "WriteTo");
    }

    private static async Coroutine WriteToChannel<T>(Inbox<T> items, ChannelWriter<T> writer, bool complete)
    {
        Exception? failure = null;
        try
        {
            await foreach (var item in items)
            {
                await writer.WriteAsync(item, items.Cancellation);
            }
        }
        catch (Exception error)
        {
            failure = items.CauseOf(error);
            throw;
        }
        finally
        {
            if (complete)
            {
                writer.TryComplete(failure);
            }
        }
    }
}
