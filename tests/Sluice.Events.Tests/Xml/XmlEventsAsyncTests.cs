using System.Threading.Channels;

namespace Sluice.Tests.Xml;

/// <summary>The contract, for XmlReader on streams that are read without blocking.</summary>
public sealed class XmlEventsAsyncTests : XmlSourceContract
{
    private readonly HandFedStream _live = new();
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    protected override string Name => "XmlEvents";

    protected override IReadOnlyDictionary<string, Difference> Differences => XmlEventsTests.OfXmlReader;

    protected override Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options) => XmlEvents.ReadAsync(stream is null ? null! : new AsyncOnlyStream(stream), options);

    /// <summary>There is no such form: a file does not keep its reader waiting.</summary>
    protected override Source<XmlEvent> Read(string path, XmlEventsOptions? options) => XmlEvents.Read(path, options);

    [Fact]
    public async Task Events_of_a_live_stream_are_sent_before_more_is_waited_for()
    {
        var run = Run();
        _live.Feed("<a><b/>te"u8.ToArray());
        Assert.Equal(["<a>", "<b>", "</b>"], await Next(3));
        _live.Feed("xt</a>"u8.ToArray());
        Assert.Equal(["text", "</a>"], await Next(2));
        Assert.False(run.IsCompleted);
        _live.End();

        await Wait.For(run);
        Assert.False(_live.IsDisposed);
    }

    [Fact]
    public async Task A_run_that_waits_for_the_stream_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var run = Run(stop.Token);
        _live.Feed("<start>"u8.ToArray());
        Assert.Equal(["<start>"], await Next(1));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task An_early_end_waits_for_nothing_more()
    {
        _live.Feed("<a><b/>"u8.ToArray());

        Assert.Equal(2, await Wait.For(XmlEvents.ReadAsync(_live).Take(2).To(Sink.Count<XmlEvent>()).RunAsync()));
        Assert.Equal(1, _live.Reads);
    }

    [Fact]
    public async Task An_end_behind_the_reader_calls_off_a_read_that_waits()
    {
        var ended = new Signal();
        var run = Source.Merge(XmlEvents.ReadAsync(_live).Select(e => e.ToString()), Source.Create<string>(async (next, _) =>
        {
            await ended.Task;
            await next.SendAsync("enough");
        })).TakeWhile(text => text != "enough").To(Sink.WriteTo(_events.Writer)).RunAsync();
        _live.Feed("<start>"u8.ToArray());
        Assert.Equal(["<start>"], await Next(1));
        ended.Set();

        await Wait.For(run);
    }

    private Task Run(CancellationToken cancellation = default) =>
        XmlEvents.ReadAsync(_live).Select(e => e.ToString()).To(Sink.WriteTo(_events.Writer)).RunAsync(cancellation);

    private async Task<List<string>> Next(int count)
    {
        var events = new List<string>();
        while (events.Count < count)
        {
            events.Add(await Wait.For(_events.Reader.ReadAsync().AsTask()));
        }

        return events;
    }
}
