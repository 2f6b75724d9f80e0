namespace Sluice.Tests;

/// <summary>The moments at which the lines that a sink has taken are in their file. The clock is the test's.</summary>
public sealed class WriteLinesTests : IDisposable
{
    private static readonly WriteLinesOptions s_never = new() { FlushInterval = Timeout.InfiniteTimeSpan };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_line_is_in_the_file_within_a_second_of_coming_in()
    {
        var (clock, path, before) = (new PollingClock(), _folder.PathOf("out.txt"), new List<string>());
        await Wait.For(Source.Create<string>(Lines).To(Sink.WriteLines(path)).RunAsync(new RunOptions { TimeProvider = clock }));

        Assert.Equal(["", "one\n", "one\n"], before);
        Assert.Equal("one\ntwo\nthree\n", Read(path));

        async Coroutine Lines(Target<string> next, CancellationToken cancellation)
        {
            await next.SendAsync("one");
            before.Add(Read(path));
            clock.Advance(TimeSpan.FromSeconds(1));
            await Wait.Until(() => Read(path) == "one\n", "the first line in the file");
            await next.SendAsync("two"); // after a pause the time begins with the line that comes
            clock.Advance(TimeSpan.FromSeconds(0.9));
            await next.SendAsync("three");
            before.Add(Read(path));
            clock.Advance(TimeSpan.FromSeconds(0.099));
            before.Add(Read(path));
            clock.Advance(TimeSpan.FromSeconds(0.001));
            await Wait.Until(() => Read(path) == "one\ntwo\nthree\n", "the other lines in the file");
        }
    }

    [Fact]
    public async Task A_stream_that_never_pauses_is_in_the_file_too()
    {
        var (clock, path, read) = (new PollingClock(), _folder.PathOf("out.txt"), new List<string>());
        await Wait.For(Source.Create<string>(Lines).To(Sink.WriteLines(path)).RunAsync(new RunOptions { TimeProvider = clock }));

        Assert.Equal(["", "one\ntwo\n"], read);
        Assert.Equal("one\ntwo\nthree\n", Read(path));

        async Coroutine Lines(Target<string> next, CancellationToken cancellation)
        {
            await next.SendAsync("one");
            read.Add(Read(path));
            clock.Advance(TimeSpan.FromSeconds(1));
            await next.SendAsync("two");
            read.Add(Read(path));
            await next.SendAsync("three");
        }
    }

    [Theory]
    [InlineData(1, false, "1|12|123|1234")]
    [InlineData(2, false, "|12|12|1234")]
    [InlineData(3, true, "||123|123")]
    public async Task Lines_are_written_by_their_number_if_that_is_wanted(int flushEvery, bool toDisk, string texts)
    {
        var (path, read) = (_folder.PathOf("out.txt"), new List<string>());
        var options = new WriteLinesOptions { FlushInterval = Timeout.InfiniteTimeSpan, FlushEvery = flushEvery, FlushToDisk = toDisk };
        await Wait.For(Source.Create<string>(Lines).To(Sink.WriteLines(path, options: options)).RunAsync());

        Assert.Equal(texts.Split('|'), read);
        Assert.Equal("1\n2\n3\n4\n", Read(path));

        async Coroutine Lines(Target<string> next, CancellationToken cancellation)
        {
            for (var i = 1; i <= 4; i++)
            {
                await next.SendAsync($"{i}");
                read.Add(Read(path).Replace("\n", "", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Lines_that_are_not_written_by_time_wait_for_the_end_also_if_that_is_a_failure()
    {
        var (path, text) = (_folder.PathOf("out.txt"), "");
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(Source.Create<string>(Lines).To(Sink.WriteLines(path, options: s_never)).RunAsync()));

        Assert.Equal(("", "one\n"), (text, Read(path)));

        async Coroutine Lines(Target<string> next, CancellationToken cancellation)
        {
            await next.SendAsync("one");
            text = Read(path);
            throw new FormatException();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_named_pipe_is_written_by_its_path(bool append)
    {
        var path = await NamedPipe.MakeAsync(_folder);
        var reading = Task.Run(() => File.ReadAllText(path));
        await Wait.For(Source.From(["one", "two"]).To(Sink.WriteLines(path, append, new() { FlushToDisk = true })).RunAsync());

        Assert.Equal("one\ntwo\n", await Wait.For(reading, "what comes through the pipe"));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WriteLinesOptions { FlushInterval = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WriteLinesOptions { FlushInterval = TimeSpan.FromMilliseconds(-2) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WriteLinesOptions { FlushInterval = TimeSpan.FromMilliseconds(uint.MaxValue) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WriteLinesOptions { FlushEvery = 0 });
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
