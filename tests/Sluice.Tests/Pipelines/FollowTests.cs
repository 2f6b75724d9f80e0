using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Following a file. The clock is the test's: the source looks at the file again only when a test lets it.</summary>
public sealed class FollowTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PollingClock _clock = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly string _path;
    private Task _run = Task.CompletedTask;

    public FollowTests() => _path = _folder.PathOf("log.txt");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Wait.For(Task.WhenAny(_run), "the end of the run");
    }

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Lines_that_are_appended_are_produced()
    {
        _folder.Write("log.txt", "one\ntwo\n");
        Start();
        await AssertNext("one", "two");

        await AtRest();
        File.AppendAllText(_path, "three\n");
        await AssertNext("three");

        await AtRest();
        File.AppendAllText(_path, "four\r\nfive\n");
        await AssertNext("four", "five");
    }

    [Fact]
    public async Task A_partial_line_waits_until_it_is_completed()
    {
        _folder.Write("log.txt", "one\npart");
        Start();
        await AssertNext("one");
        await AssertNothingNew();

        File.AppendAllText(_path, "ial");
        await AssertNothingNew();

        File.AppendAllText(_path, " line\n");
        await AssertNext("partial line");
    }

    [Fact]
    public async Task A_file_that_was_truncated_is_read_from_its_beginning()
    {
        _folder.Write("log.txt", "one\ntwo\nunfinished");
        Start();
        await AssertNext("one", "two");

        await AtRest();
        File.WriteAllText(_path, "new\n");
        await AssertNext("unfinished", "new");

        await AtRest();
        File.AppendAllText(_path, "more\n");
        await AssertNext("more");
    }

    [Fact]
    public async Task A_file_that_was_renamed_and_made_anew_is_followed_by_its_name()
    {
        _folder.Write("log.txt", "one\n");
        Start();
        await AssertNext("one");

        await AtRest();
        File.AppendAllText(_path, "last of the old\n");
        File.Move(_path, _path + ".1");
        File.WriteAllText(_path, "first of the new, which is longer than the old file was\n");
        await AssertNext("last of the old", "first of the new, which is longer than the old file was");

        await AtRest();
        File.AppendAllText(_path, "more\n");
        await AssertNext("more");
    }

    [Fact]
    public async Task What_is_written_to_the_old_file_before_the_new_one_is_there_is_not_lost()
    {
        _folder.Write("log.txt", "one\n");
        Start();
        await AssertNext("one");

        await AtRest();
        File.Move(_path, _path + ".1");
        await AssertNothingNew();
        File.AppendAllText(_path + ".1", "two\nunfinished");
        await AssertNext("two");

        await AtRest();
        File.WriteAllText(_path, "three\n");
        await AssertNext("unfinished", "three");
    }

    [Fact]
    public async Task A_file_that_was_deleted_and_made_anew_is_followed()
    {
        _folder.Write("log.txt", "one\n");
        Start();
        await AssertNext("one");

        await AtRest();
        File.Delete(_path);
        await AssertNothingNew();
        File.WriteAllText(_path, "two\n");
        await AssertNext("two");
    }

    [Fact]
    public async Task A_file_that_is_not_there_yet_is_waited_for()
    {
        Start();
        await AssertNothingNew();

        _folder.Write("log.txt", "one\n");

        await AssertNext("one");
    }

    [Fact]
    public async Task Following_ends_when_the_run_is_canceled()
    {
        _folder.Write("log.txt", "one\n");
        Start();
        await AssertNext("one");
        await AtRest();

        await _stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(_run));
        Assert.Equal(_stop.Token, error.CancellationToken);
    }

    [Fact]
    public async Task Following_ends_when_nobody_takes_its_lines_any_more()
    {
        _folder.Write("log.txt", "one\ntwo\nthree\n");

        var list = await Wait.For(Source.Lines(_path, follow: true).Take(2).To(Sink.ToList<string>()).RunAsync(new RunOptions { TimeProvider = _clock }));

        Assert.Equal(["one", "two"], list);
    }

    [Fact]
    public async Task The_interval_between_two_looks_is_an_option()
    {
        _folder.Write("log.txt", "");
        Start(new LinesOptions { PollInterval = TimeSpan.FromMinutes(3) });
        await AtRest();

        Assert.All(_clock.Waits, wait => Assert.Equal(TimeSpan.FromMinutes(3), wait));
    }

    private void Start(LinesOptions? options = null) => _run = Source.Lines(_path, follow: true, options)
        .To(Sink.ForEach<string>(line => Assert.True(_lines.Writer.TryWrite(line))))
        .RunAsync(new RunOptions { TimeProvider = _clock }, _stop.Token);

    /// <summary>Waits until the source waits for the clock.</summary>
    private Task AtRest() => Wait.For(_clock.AtRest(), "the source to wait for its next look at the file");

    /// <summary>Lets the source look at the file until the lines have come.</summary>
    private async Task AssertNext(params string[] expected)
    {
        foreach (var line in expected)
        {
            var next = _lines.Reader.ReadAsync().AsTask();
            for (var looks = 0; looks < 10 && !next.IsCompleted; looks++)
            {
                await AtRest();
                if (!next.IsCompleted)
                {
                    _clock.Advance(TimeSpan.FromMilliseconds(250));
                    await Wait.For(Task.WhenAny(next, _clock.AtRest()), $"the line '{line}' or the next look at the file");
                }
            }

            Assert.Equal(line, await Wait.For(next, $"the line '{line}'"));
        }
    }

    private async Task AssertNothingNew()
    {
        for (var look = 0; look < 4; look++)
        {
            await AtRest();
            _clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        await AtRest();
        Assert.False(_lines.Reader.TryRead(out var line), line);
    }
}
