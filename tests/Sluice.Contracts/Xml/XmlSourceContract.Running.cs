using System.Text;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <content>Early ends, errors, cancellation, back-pressure.</content>
public abstract partial class XmlSourceContract
{
    [Fact]
    public async Task An_early_end_ends_the_document_and_closes_the_file()
    {
        var path = _folder.Write("a.xml", "<a>" + string.Concat(Enumerable.Repeat("<b/>", 100_000)) + "not well-formed");

        var events = await Wait.For(Read(path, null).Where(e => e.IsStart("b")).Take(2).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(["<b>", "<b>"], events.Select(e => e.ToString()));
        using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.NotEqual(0, exclusive.Length);
    }

    [Fact]
    public async Task An_early_end_leaves_the_rest_of_a_stream_unread()
    {
        var document = new PieceStream(Endless("<a>", "<b>x</b>"));

        Assert.Equal(5, (await Wait.For(Read(document, null).Take(5).To(Sink.ToList<XmlEvent>()).RunAsync())).Count);

        Assert.InRange(document.BytesRead, 1, 1 << 20);
    }

    [Fact]
    public async Task An_early_end_behind_a_stage_ends_what_feeds_it()
    {
        var events = await Wait.For(InPieces(Endless("<a>", "<b>x</b>")).Take(5).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(["<a>", "<b>", "x", "</b>", "<b>"], events.Select(e => e.ToString()));
    }

    [Fact]
    public async Task A_receiver_that_waits_holds_up_the_reading()
    {
        var document = new PieceStream(Endless("<a>", "<b>x</b>"));
        var (held, release) = (new Signal(), new Signal());
        var run = Read(document, null).Through<XmlEvent>(HoldFirst).Take(100_000).To(Sink.Count<XmlEvent>()).RunAsync();

        await Wait.For(held.Task);
        var read = document.BytesRead;
        Assert.InRange(read, 1, 1 << 20);
        release.Set();
        await Wait.For(run);
        Assert.True(document.BytesRead > read);

        async Coroutine HoldFirst(Inbox<XmlEvent> events, Target<XmlEvent> next)
        {
            await next.SendAsync(await events.ReceiveAsync());
            held.Set();
            await release.Task;
            await Stages.Pass(events, next);
        }
    }

    [Fact]
    public async Task Cancelling_ends_a_document_that_never_ends()
    {
        using var cancel = new CancellationTokenSource();
        var seen = 0;
        var run = Read(new PieceStream(Endless("<a>", "<b>x</b>")), null).Tap(_ => CancelAt(1000)).To(Sink.Count<XmlEvent>()).RunAsync(cancel.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(seen >= 1000);

        void CancelAt(int count)
        {
            if (++seen == count)
            {
                cancel.Cancel();
            }
        }
    }

    [Fact]
    public async Task What_a_live_stream_has_brought_is_delivered_before_more_comes()
    {
        using var stream = new HandFedStream();
        var seen = System.Threading.Channels.Channel.CreateUnbounded<string>();
        var run = Task.Run(() => Read(stream, null).To(Sink.ForEach<XmlEvent>(e => seen.Writer.TryWrite(e.ToString()))).RunAsync());

        foreach (var (piece, events) in new[] { ("<document>", "<document>"), ("<b>x</b>", "<b>|x|</b>"), ("<c k='v'/>", "<c k=\"v\">|</c>") })
        {
            stream.Feed(Encoding.UTF8.GetBytes(piece));
            foreach (var expected in events.Split('|'))
            {
                Assert.Equal(expected, await Wait.For(seen.Reader.ReadAsync().AsTask()));
            }
        }

        stream.Feed("</document>"u8.ToArray());
        stream.End();
        await Wait.For(run);
        Assert.False(stream.IsDisposed);
    }

    [Fact]
    public async Task An_error_of_a_stage_behind_it_comes_out_as_it_is()
    {
        var error = new NotSupportedException("No more than 100.");
        var seen = 0;
        var pipeline = InPieces(Endless("<a>", "<b>x</b>")).Select(e => ++seen == 100 ? throw error : e).Named("picky").To(Sink.Count<XmlEvent>());

        var thrown = await Assert.ThrowsAsync<NotSupportedException>(() => Wait.For(pipeline.RunAsync()));

        Assert.Same(error, thrown);
        Assert.Equal("picky", thrown.Data["Sluice.Stage"]);
        Assert.Equal(100, seen);
    }

    [Fact]
    public async Task A_blueprint_may_run_twice_at_once()
    {
        var path = _folder.Write("a.xml", $"<a>{string.Concat(Enumerable.Repeat("<b k='v'>text</b>", 20_000))}</a>");
        var pipeline = Read(path, null).Where(e => e.IsText("text") || e.Attribute("k") == "v").To(Sink.Count<XmlEvent>());

        var counts = await Wait.For(Task.WhenAll(Task.Run(() => pipeline.RunAsync()), Task.Run(() => pipeline.RunAsync())));

        Assert.Equal([40_000, 40_000], counts);
    }

    [Fact]
    public async Task A_text_of_many_bytes_in_tiny_pieces_is_one_event()
    {
        var text = string.Concat(Enumerable.Range(0, 400_000).Select(i => "grün " + (char)('a' + (i % 26))));
        var document = Encoding.UTF8.GetBytes($"<a><b>{text}</b></a>");

        var events = await Wait.For(InPieces(document.Chunk(16).Select(piece => (ReadOnlyMemory<byte>)piece)).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(5, events.Count);
        Assert.Equal(text, events[2].Text);
    }

    [Fact]
    public async Task Pieces_may_be_empty()
    {
        ReadOnlyMemory<byte>[] pieces = [default, "<a>"u8.ToArray(), default, "</a>"u8.ToArray(), default];

        Assert.Equal(["<a>", "</a>"], (await Wait.For(InPieces(pieces).To(Sink.ToList<XmlEvent>()).RunAsync())).Select(e => e.ToString()));
    }
}
