namespace Sluice;

public static partial class Sink
{
    /// <summary>Writes bytes to a stream; each item waits until the stream has taken it.</summary>
    /// <remarks>The stream is flushed at the end, also after a failure or a cancellation, and stays open. Cancelling goes to the
    /// stream's own write, which may have written a part; one that ignores its token delays the end.</remarks>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Sink<ReadOnlyMemory<byte>> WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Create<ReadOnlyMemory<byte>>(pieces => WriteToStream(pieces, stream), "WriteTo");
    }

    private static async Coroutine WriteToStream(Inbox<ReadOnlyMemory<byte>> pieces, Stream stream)
    {
        try
        {
            await foreach (var piece in pieces)
            {
                await stream.WriteAsync(piece, pieces.Cancellation);
            }
        }
        finally
        {
            await stream.FlushAsync(CancellationToken.None);
        }
    }
}
