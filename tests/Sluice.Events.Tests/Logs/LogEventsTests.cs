using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class LogEventsOfStreamTests : LogEventsContract
{
    protected override Source<LogEvent> Read(byte[] log, LogEventsOptions? options = null) => LogEvents.Read(new AsyncOnlyStream(new MemoryStream(log), 7), options);

    [Fact]
    public async Task Lines_of_a_live_stream_are_sent_as_they_come_until_it_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        using var live = new HandFedStream();
        var lines = Channel.CreateUnbounded<string>();
        var run = LogEvents.Read(live).Select(e => e.Path).To(Sink.WriteTo(lines.Writer)).RunAsync(stop.Token);
        live.Feed(Pieces.Utf8(Line[..20]));
        live.Feed(Pieces.Utf8(Line[20..] + "\n" + Line[..9]));

        Assert.Equal("/a", await Wait.For(lines.Reader.ReadAsync(CancellationToken.None).AsTask()));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }
}

public sealed class LogEventsOfPiecesTests : LogEventsContract
{
    protected override Source<LogEvent> Read(byte[] log, LogEventsOptions? options = null) => Pieces.Source(log.Chunk(1)).Through(LogEvents.Parse(options));

    [Fact]
    public async Task A_log_gives_the_same_lines_cut_in_two_at_any_byte()
    {
        var log = Pieces.Utf8($"\uFEFF{Line}\r\n{Line}\n\rgr\u00FCn {Line}\r");
        var whole = await ListOf(log, Any);
        Assert.Equal(4, whole.Count);

        foreach (var pieces in Pieces.CutInTwo(log))
        {
            Assert.Equal(whole, await Wait.For(Pieces.Source(pieces).Through(LogEvents.Parse(Any)).To(Sink.ToList<LogEvent>()).RunAsync()));
        }
    }
}

public sealed class LogEventsOfFileTests : LogEventsContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Source<LogEvent> Read(byte[] log, LogEventsOptions? options = null) => LogEvents.Read(_folder.Write("access-log", log), options: options);

    [Fact]
    public async Task The_sample_log_is_well_formed()
    {
        var path = Repository.PathOf("samples", "data", "access-log");

        var events = await Wait.For(LogEvents.Read(path).To(Sink.ToList<LogEvent>()).RunAsync());
        Assert.Equal(await File.ReadAllLinesAsync(path), events.Select(e => e.Text));
        Assert.All(events, e => Assert.True(e is { Status: >= 200, Method: "GET", Time.Year: 2026, Agent.Length: > 0 } && e.Path.StartsWith('/')));
    }

    [Fact]
    public async Task A_file_is_followed_until_the_run_ends()
    {
        using var stop = new CancellationTokenSource();
        var path = _folder.Write("followed", Line + "\n");
        var lines = Channel.CreateUnbounded<long>();
        var clock = new PollingClock();
        var run = LogEvents.Read(path, follow: true).Select(e => e.LineNumber).To(Sink.WriteTo(lines.Writer)).RunAsync(new RunOptions { TimeProvider = clock }, stop.Token);
        Assert.Equal(1, await Wait.For(lines.Reader.ReadAsync(CancellationToken.None).AsTask()));
        await Wait.For(clock.AtRest());
        await File.AppendAllTextAsync(path, Line + "\n", CancellationToken.None);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(2, await Wait.For(lines.Reader.ReadAsync(CancellationToken.None).AsTask()));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public void Arguments_that_cannot_be_used_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => LogEvents.Read((string)null!));
        Assert.Throws<ArgumentException>(() => LogEvents.Read(""));
        Assert.Throws<ArgumentNullException>(() => LogEvents.Read((Stream)null!));
        Assert.Throws<ArgumentNullException>(() => new LogEventsOptions { Lines = null! });
    }
}
