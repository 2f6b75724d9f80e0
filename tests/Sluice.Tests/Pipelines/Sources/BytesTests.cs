using System.IO.Pipelines;

namespace Sluice.Tests;

public sealed class BytesTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(8, 4)]
    [InlineData(9, 4)]
    [InlineData(200_000, 64 << 10)]
    public async Task A_stream_gives_all_its_bytes_in_pieces(int length, int chunkSize)
    {
        var bytes = Seed.Bytes(length);
        var pieces = await PiecesOf(Source.Bytes(new MemoryStream(bytes), chunkSize));

        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, chunkSize));
        Assert.Equal(bytes, pieces.SelectMany(piece => piece.ToArray()));
    }

    [Fact]
    public async Task A_piece_may_be_kept_and_what_has_been_read_is_sent_at_once()
    {
        var (stream, pieces) = (new HandFedStream(), new List<ReadOnlyMemory<byte>>());
        var run = Source.Bytes(stream, 4).To(Sink.ForEach<ReadOnlyMemory<byte>>(pieces.Add)).RunAsync();
        stream.Feed(1);
        stream.Feed(2, 3, 4);
        stream.Feed(5, 6);
        stream.End();
        await Wait.For(run);

        Assert.Equal([[1], [2, 3, 4], [5, 6]], pieces.Select(piece => piece.ToArray()));
        Assert.False(stream.IsDisposed);
    }

    [Fact]
    public async Task A_stream_is_read_only_as_far_as_its_pieces_are_taken()
    {
        var stream = new MemoryStream(Seed.Bytes(100));

        Assert.Equal(2, (await PiecesOf(Source.Bytes(stream, 10).Take(2))).Count);
        Assert.Equal(20, stream.Position);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public async Task A_stream_that_fails_fails_the_run_after_the_pieces_before()
    {
        var (stream, cause, seen) = (new HandFedStream(), new IOException(), 0);
        stream.Feed(1);
        stream.End(cause);
        var run = Source.Bytes(stream).To(Sink.ForEach<ReadOnlyMemory<byte>>(_ => seen++)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<IOException>(() => Wait.For(run)));
        Assert.Equal("Bytes", cause.Data["Sluice.Stage"]);
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task A_run_that_waits_for_a_stream_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.Bytes(new HandFedStream()).To(Sink.Count<ReadOnlyMemory<byte>>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task A_receiver_that_waits_keeps_the_stream_unread()
    {
        var (stream, signal) = (new HandFedStream(), new Signal());
        stream.Feed(1);
        stream.Feed(2);
        stream.End();
        var run = Source.Bytes(stream).To(Sink.ForEach<ReadOnlyMemory<byte>>(async (_, _) => await signal.Task)).RunAsync();
        Assert.Equal(1, stream.Reads);

        signal.Set();

        await Wait.For(run);
        Assert.Equal(3, stream.Reads);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50_000)]
    public async Task A_pipe_gives_all_bytes_until_its_writer_completes(int length)
    {
        var (pipe, bytes) = (new Pipe(new PipeOptions(pauseWriterThreshold: 10_000, resumeWriterThreshold: 5_000)), Seed.Bytes(length));
        var run = Source.Bytes(pipe.Reader).To(Sink.ToList<ReadOnlyMemory<byte>>()).RunAsync();
        await Wait.For(Task.Run(async () =>
        {
            foreach (var piece in bytes.Chunk(3_000))
            {
                await pipe.Writer.WriteAsync(piece);
            }

            await pipe.Writer.CompleteAsync();
        }));

        Assert.Equal(bytes, (await Wait.For(run)).SelectMany(piece => piece.ToArray()));
    }

    [Fact]
    public async Task What_is_not_taken_of_a_pipe_stays_in_it()
    {
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16, pauseWriterThreshold: 0));
        for (byte i = 0; i < 3; i++)
        {
            // Each in a segment of its own, because none has room for two.
            pipe.Writer.GetSpan(16 << 10).Fill(i);
            pipe.Writer.Advance(10_000);
            await pipe.Writer.FlushAsync();
        }

        await pipe.Writer.CompleteAsync();

        var first = await PiecesOf(Source.Bytes(pipe.Reader).Take(1));
        var rest = await PiecesOf(Source.Bytes(pipe.Reader));
        Assert.Equal(30_000, first.Concat(rest).Sum(piece => piece.Length));
        Assert.Equal(10_000, first.Single().Length);
        Assert.Equal(1, rest[0].Span[0]);
    }

    [Fact]
    public async Task An_error_of_the_pipes_writer_fails_the_run()
    {
        var (pipe, cause) = (new Pipe(), new FormatException());
        await pipe.Writer.CompleteAsync(cause);
        var run = Source.Bytes(pipe.Reader).To(Sink.Count<ReadOnlyMemory<byte>>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
    }

    [Fact]
    public async Task A_run_that_waits_for_a_pipe_is_canceled_and_a_canceled_read_is_a_failure()
    {
        using var stop = new CancellationTokenSource();
        var pipe = new Pipe();
        var run = Source.Bytes(pipe.Reader).To(Sink.Count<ReadOnlyMemory<byte>>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);

        run = Source.Bytes(pipe.Reader).To(Sink.Count<ReadOnlyMemory<byte>>()).RunAsync(CancellationToken.None);
        pipe.Reader.CancelPendingRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsFaulted);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("stream", () => Source.Bytes((Stream)null!));
        Assert.Throws<ArgumentNullException>("reader", () => Source.Bytes((PipeReader)null!));
        Assert.Throws<ArgumentOutOfRangeException>("chunkSize", () => Source.Bytes(Stream.Null, 0));
        Assert.Throws<ArgumentOutOfRangeException>("chunkSize", () => Source.Bytes(Stream.Null, int.MaxValue));
    }

    private static Task<List<ReadOnlyMemory<byte>>> PiecesOf(Source<ReadOnlyMemory<byte>> source) => Wait.For(source.To(Sink.ToList<ReadOnlyMemory<byte>>()).RunAsync());
}
