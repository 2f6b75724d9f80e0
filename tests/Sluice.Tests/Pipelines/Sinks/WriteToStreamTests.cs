using System.IO.Pipelines;
using System.Text;

namespace Sluice.Tests;

public sealed class WriteToStreamTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("some more bytes")]
    public async Task All_bytes_are_written_and_flushed_and_the_stream_stays_open(string text)
    {
        using var written = new MemoryStream();
        await using var stream = new BufferedStream(written);
        await Wait.For(Source.Bytes(new MemoryStream(Encoding.UTF8.GetBytes(text)), 4).To(Sink.WriteTo(stream)).RunAsync());

        Assert.Equal(text, Encoding.UTF8.GetString(written.ToArray()));
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public async Task After_a_failure_what_came_before_is_flushed()
    {
        using var written = new MemoryStream();
        await using var stream = new BufferedStream(written);
        var cause = new FormatException();
        var run = Source.From(Enumerable.Range(1, 5)).Select(x => Piece(Stages.ThrowAt(x, 3, cause))).To(Sink.WriteTo(stream)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal([1, 2], written.ToArray());
    }

    [Fact]
    public async Task The_source_waits_for_the_stream_and_a_run_that_waits_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var (pipe, numbers) = (new Pipe(new PipeOptions(pauseWriterThreshold: 2, resumeWriterThreshold: 1)), new Numbers());
        var run = Source.From(numbers.Endless()).Select(Piece).To(Sink.WriteTo(new FlushlessStream(pipe.Writer))).RunAsync(stop.Token);
        Assert.Equal(2, numbers.Produced);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal((2, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_stream_that_fails_fails_the_run()
    {
        var run = Source.From([Piece(1)]).To(Sink.WriteTo(new MemoryStream([], writable: false))).RunAsync();

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => Wait.For(run));
        Assert.Equal("WriteTo", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public void Null_is_refused_at_once() => Assert.Throws<ArgumentNullException>("stream", () => Sink.WriteTo((Stream)null!));

    private static ReadOnlyMemory<byte> Piece(int x) => new[] { (byte)x };

    /// <summary>A pipe as a stream whose writes wait for room, and whose flush does not.</summary>
    private sealed class FlushlessStream(PipeWriter writer) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await writer.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
