using System.Text;
using System.Threading.Channels;
using System.Xml;

namespace Sluice.Tests.Xml;

/// <summary>Files, streams and chunks as sources, and the ends of their runs.</summary>
public sealed class Utf8XmlSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_of_a_live_stream_are_sent_before_more_is_waited_for()
    {
        var (stream, events) = (new HandFedStream(), Channel.CreateUnbounded<string>());
        var run = Utf8Xml.Read(stream).Select(e => e.ToString()).To(Sink.WriteTo(events.Writer)).RunAsync();
        await FeedAndExpect("<a><b k='v'>te", "<a>", "<b k=\"v\">");
        await FeedAndExpect("xt</b><c/", "text", "</b>");
        await FeedAndExpect("><!-- ", "<c>", "</c>");
        await FeedAndExpect("--></a>", "</a>");
        stream.Feed("\n"u8.ToArray());
        stream.End();

        await Wait.For(run);
        Assert.False(stream.IsDisposed);

        async Task FeedAndExpect(string piece, params string[] expected)
        {
            stream.Feed(Encoding.UTF8.GetBytes(piece));
            foreach (var e in expected)
            {
                Assert.Equal(e, await Wait.For(events.Reader.ReadAsync().AsTask()));
            }
        }
    }

    [Fact]
    public async Task The_stage_sends_what_a_chunk_completes_before_its_send_completes()
    {
        var events = new List<string>();
        var seen = new List<int>();
        var run = Source.From(Chunks()).Through(Utf8Xml.Parse()).To(Sink.ForEach<XmlEvent>(e => events.Add(e.ToString()))).RunAsync();
        await Wait.For(run);

        Assert.Equal([0, 1, 1, 4], seen);
        Assert.Equal(["<a>", "xy", "<b>", "</b>", "</a>"], events);

        IEnumerable<ReadOnlyMemory<byte>> Chunks()
        {
            foreach (var chunk in new[] { "<a>", "x", "y<b/>", "</a>" })
            {
                seen.Add(events.Count);
                yield return Encoding.UTF8.GetBytes(chunk);
            }
        }
    }

    [Fact]
    public async Task Nothing_more_is_read_while_an_event_waits_for_its_receiver()
    {
        var (stream, arrived, go) = (new HandFedStream(), new Signal(), new Signal());
        stream.Feed("<a><b/>"u8.ToArray());
        stream.Feed("</a>"u8.ToArray());
        stream.End();
        var count = 0;
        var run = Utf8Xml.Read(stream).To(WaitAtFirst).RunAsync();
        await Wait.For(arrived.Task);
        Assert.Equal(1, stream.Reads);
        go.Set();

        await Wait.For(run);
        Assert.Equal(4, count);

        async Coroutine WaitAtFirst(Inbox<XmlEvent> events)
        {
            await foreach (var e in events)
            {
                if (count++ == 0)
                {
                    arrived.Set();
                    await go.Task;
                }
            }
        }
    }

    [Fact]
    public async Task A_path_is_read_anew_in_each_run()
    {
        var path = _folder.Write("a.xml", "<a/>");
        var pipeline = Utf8Xml.Read(path).To(Sink.Count<XmlEvent>());

        Assert.Equal((2, 2), (await Wait.For(pipeline.RunAsync()), await Wait.For(pipeline.RunAsync())));
        Assert.Equal(("Utf8Xml", path), (pipeline.Graph.Nodes[0].Name, pipeline.Graph.Nodes[0].Detail));
    }

    [Fact]
    public async Task An_early_end_reads_no_more_and_closes_the_file()
    {
        var path = _folder.Write("a.xml", "<a>" + string.Concat(Enumerable.Repeat("<b/>", 100_000)) + "not well-formed");

        var events = await Wait.For(Utf8Xml.Read(path).Where(e => e.IsStart("b")).Take(2).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(["<b>", "<b>"], events.Select(e => e.ToString()));
        using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.NotEqual(0, exclusive.Length);
    }

    [Fact]
    public async Task An_early_end_behind_the_stage_ends_it()
    {
        var sent = 0;
        var events = await Wait.For(Source.From(Endless()).Through(Utf8Xml.Parse()).Take(3).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(["<a>", "<b>", "</b>"], events.Select(e => e.ToString()));
        Assert.InRange(sent, 1, 3);

        IEnumerable<ReadOnlyMemory<byte>> Endless()
        {
            yield return "<a>"u8.ToArray();
            while (sent < 1000)
            {
                sent++;
                yield return "<b/>"u8.ToArray();
            }
        }
    }

    [Fact]
    public async Task A_run_that_waits_for_the_stream_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var stream = new HandFedStream();
        stream.Feed("<a>"u8.ToArray());
        var arrived = new Signal();
        var run = Utf8Xml.Read(stream).To(Sink.ForEach<XmlEvent>(_ => arrived.Set())).RunAsync(stop.Token);
        await Wait.For(arrived.Task);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task What_was_read_before_the_stream_failed_is_delivered_before_its_error()
    {
        var (stream, cause, events) = (new HandFedStream(), new IOException("The disk is gone."), new List<string>());
        stream.Feed("<a><b/>x<c>"u8.ToArray());
        stream.End(cause);
        var run = Utf8Xml.Read(stream).To(Sink.ForEach<XmlEvent>(e => events.Add(e.ToString()))).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<IOException>(() => Wait.For(run)));
        Assert.Equal(["<a>", "<b>", "</b>", "x", "<c>"], events);
    }

    [Fact]
    public async Task A_missing_file_and_a_wrong_document_are_errors_of_the_run_that_name_the_source()
    {
        var missing = await Assert.ThrowsAsync<FileNotFoundException>(() => Wait.For(Utf8Xml.Read(_folder.PathOf("missing.xml")).To(Sink.Count<XmlEvent>()).RunAsync()));
        Assert.Equal("Utf8Xml", missing.Data["Sluice.Stage"]);

        var wrong = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Source.From([new ReadOnlyMemory<byte>("<a>"u8.ToArray())]).Through(Utf8Xml.Parse()).To(Sink.Count<XmlEvent>()).RunAsync()));
        Assert.Equal("Utf8Xml", wrong.Data["Sluice.Stage"]);
    }

    [Fact]
    public void Arguments_that_cannot_be_used_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => Utf8Xml.Read((string)null!));
        Assert.Throws<ArgumentException>(() => Utf8Xml.Read(""));
        Assert.Throws<ArgumentNullException>(() => Utf8Xml.Read((Stream)null!));
    }
}
