using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using System.Xml;

namespace Sluice.Tests;

/// <summary>A path that can be opened can be read, by each source that takes one: a named pipe, <c>/dev/stdin</c>, what a shell
/// makes of <c>&lt;(...)</c>.</summary>
public sealed class PathTests : IDisposable
{
    private const string Request = "192.0.2.1 - - [22/Nov/2026:08:01:12 +0000] \"GET /{0} HTTP/1.1\" 200 1";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Sources => [.. s_kinds.Keys];

    public static TheoryData<string> Following => [.. s_kinds.Where(kind => kind.Value.Follows).Select(kind => kind.Key)];

    private static readonly Dictionary<string, Kind> s_kinds = new()
    {
        ["lines"] = new(path => Source.Lines(path), "one\n", "two\n"),
        ["lines that are parsed"] = new(path => Source.Lines<string>(path, () => (line, _) => Encoding.UTF8.GetString(line)), "one\n", "two\n"),
        ["lines that are followed"] = new(path => Source.Lines(path, follow: true), "one\n", "two\n", Follows: true),
        ["XML by XmlReader"] = new(path => Texts(XmlEvents.Read(path)), "<a><b>one</b>", "<b>two</b></a>"),
        ["XML by bytes"] = new(path => Texts(Utf8Xml.Read(path)), "<a><b>one</b>", "<b>two</b></a>"),
        ["XML by Expat"] = new(path => Texts(Expat.Read(path)), "<a><b>one</b>", "<b>two</b></a>"),
        ["JSON"] = new(path => JsonEvents.Read(path).Where(e => e.Kind == JsonEventKind.String).Select(e => e.Text), "[\"one\",", "\"two\"]"),
        ["logs"] = new(path => LogEvents.Read(path).Select(e => e.Path[1..]), Line("one"), Line("two")),
        ["logs that are followed"] = new(path => LogEvents.Read(path, follow: true).Select(e => e.Path[1..]), Line("one"), Line("two"), Follows: true),
    };

    private static Source<XmlEvent> OfStream(string kind, string content)
    {
        var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        return kind switch
        {
            "XML by XmlReader" => XmlEvents.Read(stream),
            "XML by bytes" => Utf8Xml.Read(stream),
            _ => Expat.Read(stream),
        };
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_named_pipe_is_read_by_its_path_as_what_it_holds_comes(string kind)
    {
        var path = await NamedPipe.MakeAsync(_folder);
        var (run, texts) = Start(kind, path);
        await using (var writer = await NamedPipe.OpenToWriteAsync(path))
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes(s_kinds[kind].First));
            Assert.Equal("one", await Wait.For(texts.ReadAsync(CancellationToken.None).AsTask(), "what was written first"));
            await writer.WriteAsync(Encoding.UTF8.GetBytes(s_kinds[kind].Second));
            Assert.Equal("two", await Wait.For(texts.ReadAsync(CancellationToken.None).AsTask(), "what was written then"));
        }

        await Wait.For(run, "the end of the run");
    }

    /// <summary>So <c>/dev/stdin</c> and <c>&lt;(...)</c> are: links to a pipe that has no name.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_pipe_without_a_name_is_read_by_the_path_of_its_descriptor(string kind)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        File.CreateSymbolicLink(_folder.PathOf("stdin"), $"/proc/self/fd/{pipe.GetClientHandleAsString()}");
        var (run, texts) = Start(kind, _folder.PathOf("stdin"));
        await pipe.WriteAsync(Encoding.UTF8.GetBytes(s_kinds[kind].First + s_kinds[kind].Second));
        Assert.Equal("one", await Wait.For(texts.ReadAsync(CancellationToken.None).AsTask(), "what was written"));
        Assert.Equal("two", await Wait.For(texts.ReadAsync(CancellationToken.None).AsTask(), "what was written"));
        pipe.DisposeLocalCopyOfClientHandle();
        pipe.Dispose();

        await Wait.For(run, "the end of the run");
    }

    [Theory]
    [InlineData("XML by XmlReader", "<a>\n<b></a>")]
    [InlineData("XML by bytes", "<a>\n<b></a>")]
    [InlineData("XML by Expat", "<a>\n<b></a>")]
    [InlineData("XML by XmlReader", "")]
    [InlineData("XML by bytes", "")]
    [InlineData("XML by Expat", "")]
    [InlineData("XML by XmlReader", "<!DOCTYPE a><a/>")]
    [InlineData("XML by bytes", "<!DOCTYPE a><a/>")]
    [InlineData("XML by Expat", "<!DOCTYPE a><a/>")]
    [InlineData("JSON", "[\n1,]")]
    [InlineData("logs", "this is no log\n")]
    public async Task What_cannot_be_parsed_names_the_file_and_keeps_its_position(string kind, string content)
    {
        foreach (var isPipe in new[] { false, true })
        {
            var path = isPipe ? await NamedPipe.MakeAsync(_folder) : _folder.PathOf("file");
            var writing = Task.Run(() => File.WriteAllTextAsync(path, content));
            if (!isPipe)
            {
                await writing; // a pipe takes it when it is read
            }

            var error = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(s_kinds[kind].Read(path).To(Sink.Count<string>()).RunAsync(), "the failure"));
            await Wait.For(writing);
            Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
            if (error is XmlException named)
            {
                var unnamed = Assert.IsType<XmlException>(await Record.ExceptionAsync(() => OfStream(kind, content).To(Sink.Count<XmlEvent>()).RunAsync()));
                Assert.Equal((unnamed.LineNumber, unnamed.LinePosition), (named.LineNumber, named.LinePosition));
                Assert.Equal(unnamed.Message, named.Message.Replace($" In '{path}'.", "", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("XML by XmlReader")]
    [InlineData("XML by bytes")]
    [InlineData("XML by Expat")]
    public async Task An_error_of_a_stage_behind_a_source_of_XML_is_left_as_it_is(string kind)
    {
        var cause = new XmlException("Not of the file.");
        await File.WriteAllTextAsync(_folder.PathOf("file"), "<a>x</a>");

        Assert.Same(cause, await Record.ExceptionAsync(() => s_kinds[kind].Read(_folder.PathOf("file")).Select<string, string>(_ => throw cause).To(Sink.Count<string>()).RunAsync()));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_run_that_is_cancelled_does_not_wait_for_a_silent_pipe(string kind)
    {
        using var stop = new CancellationTokenSource();
        var path = await NamedPipe.MakeAsync(_folder);
        var run = s_kinds[kind].Read(path).To(Sink.Count<string>()).RunAsync(stop.Token);
        await using var writer = await NamedPipe.OpenToWriteAsync(path);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run, "the end of the run that was cancelled"));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_run_that_is_cancelled_does_not_wait_for_a_pipe_that_no_one_writes_to(string kind)
    {
        using var stop = new CancellationTokenSource();
        var path = await NamedPipe.MakeAsync(_folder);
        var run = Task.Run(() => s_kinds[kind].Read(path).To(Sink.Count<string>()).RunAsync(stop.Token));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run, "the end of the run that was cancelled"));
    }

    [Theory]
    [MemberData(nameof(Following))]
    public async Task A_named_pipe_is_followed_from_one_writer_to_the_next(string kind)
    {
        var path = await NamedPipe.MakeAsync(_folder);
        var clock = new PollingClock();
        var texts = Channel.CreateUnbounded<string>();
        var run = s_kinds[kind].Read(path).Take(2).To(Sink.WriteTo(texts.Writer)).RunAsync(new RunOptions { TimeProvider = clock });
        await NamedPipe.WriteAllAsync(path, s_kinds[kind].First);
        Assert.Equal("one", await Wait.For(texts.Reader.ReadAsync(CancellationToken.None).AsTask(), "what the first writer wrote"));
        await Wait.For(clock.AtRest(), "the reader's pause after the first writer");
        await NamedPipe.WriteAllAsync(path, s_kinds[kind].Second);
        clock.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal("two", await Wait.For(texts.Reader.ReadAsync(CancellationToken.None).AsTask(), "what the second writer wrote"));
        await Wait.For(run);
    }

    [Theory]
    [MemberData(nameof(Following))]
    public async Task A_named_pipe_that_is_followed_gives_way_to_what_takes_its_name(string kind)
    {
        var path = await NamedPipe.MakeAsync(_folder);
        var clock = new PollingClock();
        var texts = Channel.CreateUnbounded<string>();
        var run = s_kinds[kind].Read(path).Take(2).To(Sink.WriteTo(texts.Writer)).RunAsync(new RunOptions { TimeProvider = clock });
        await NamedPipe.WriteAllAsync(path, s_kinds[kind].First);
        Assert.Equal("one", await Wait.For(texts.Reader.ReadAsync(CancellationToken.None).AsTask(), "what came through the pipe"));
        File.Delete(path);
        File.WriteAllText(path, s_kinds[kind].Second);
        var next = texts.Reader.ReadAsync(CancellationToken.None).AsTask();
        while (!next.IsCompleted)
        {
            await Wait.For(Task.WhenAny(next, clock.AtRest()), "the reader's next pause");
            clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal("two", await next);
        await Wait.For(run);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_path_that_cannot_be_read_is_named_by_the_error(string kind)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.PathOf("socket")));
        List<string> paths = [_folder.PathOf("."), _folder.PathOf("socket"), "/proc/self/mem"];
        if (!s_kinds[kind].Follows)
        {
            paths.Add(_folder.PathOf("not-there")); // one that is followed waits for it
        }

        foreach (var path in paths)
        {
            var error = await Assert.ThrowsAnyAsync<IOException>(() => Wait.For(s_kinds[kind].Read(path).To(Sink.Count<string>()).RunAsync(), path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    private (Task Run, ChannelReader<string> Texts) Start(string kind, string path)
    {
        var texts = Channel.CreateUnbounded<string>();
        var source = s_kinds[kind].Follows ? s_kinds[kind].Read(path).Take(2) : s_kinds[kind].Read(path);
        return (source.To(Sink.WriteTo(texts.Writer)).RunAsync(), texts.Reader);
    }

    private static Source<string> Texts(Source<XmlEvent> events) => events.Where(e => e.Kind == XmlEventKind.Text).Select(e => e.Text);

    private static string Line(string name) => Request.Replace("{0}", name, StringComparison.Ordinal) + "\n";

    private sealed record Kind(Func<string, Source<string>> Read, string First, string Second, bool Follows = false);
}
