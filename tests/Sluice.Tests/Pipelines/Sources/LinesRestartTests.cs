using System.Text;

namespace Sluice.Tests;

/// <summary>A source of lines that is started again goes on behind the last line that it has sent: none is lost and none comes twice.</summary>
public sealed class LinesRestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SourceRestart> _restarts = [];
    private readonly HashSet<string> _failAt = [];
    private Action<string> _beforeFailure = _ => { };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Of_a_file(string ending)
    {
        var path = _folder.Write("lines.txt", string.Concat(Enumerable.Range(1, 2000).Select(n => $"{n}{ending}")) + "last");
        FailAt("1", "2", "700", "2000", "last");

        Assert.Equal(Numbered(2000, "last"), await ListOf(Lines(path)));
        Assert.Equal(["line 1", "line 2", "line 700", "line 2000", "line 2001"], _restarts.Select(restart => $"{restart.Position}"));
    }

    [Fact]
    public async Task Of_a_file_that_has_lost_its_name_in_between()
    {
        var path = _folder.Write("lines.txt", string.Concat(Enumerable.Range(1, 9).Select(n => $"{n}\n")));
        FailAt("5");
        _beforeFailure = _ =>
        {
            File.Move(path, path + ".old");
            File.WriteAllText(path, "another\n");
        };

        Assert.Equal(Numbered(9), await ListOf(Lines(path)));
    }

    [Fact]
    public async Task Of_a_file_that_cannot_be_opened_at_first()
    {
        var path = _folder.PathOf("late.txt");
        var source = Source.Lines(path).OnError(ErrorPolicy.Restart(3), restart =>
        {
            _restarts.Add(restart);
            File.WriteAllText(path, "one\n");
        });

        Assert.Equal(["one"], await ListOf(source));
        Assert.Equal("line 1", $"{Assert.Single(_restarts).Position}");
    }

    [Fact]
    public async Task Of_a_stream()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 50).Select(n => $"{n}\n")) + "last");
        FailAt("1", "30", "last");
        using var stream = new PieceStream(bytes.Chunk(7).Select(piece => (ReadOnlyMemory<byte>)piece));
        var source = Source.Lines(stream, Parser).OnError(ErrorPolicy.Restart(9), _restarts.Add);

        Assert.Equal(Numbered(50, "last"), await ListOf(source));
        Assert.Equal(3, _restarts.Count);
    }

    [Fact]
    public async Task Of_a_file_that_is_followed_and_replaced()
    {
        var path = _folder.Write("log.txt", "1\n2\n3\n");
        FailAt("2", "3", "4", "6", "part");
        _beforeFailure = line =>
        {
            if (line == "3")
            {
                File.AppendAllText(path, "4\n5\n");
            }
            else if (line == "4")
            {
                File.AppendAllText(path, "part");
                File.Move(path, path + ".old");
                File.WriteAllText(path, "6\n7\n");
            }
        };
        var seen = new List<string>();
        using var stop = new CancellationTokenSource();
        var options = new LinesOptions { PollInterval = TimeSpan.FromMilliseconds(1) };
        var run = Source.Lines(path, Parser, follow: true, options).OnError(ErrorPolicy.Restart(null, Backoff.Constant(TimeSpan.Zero)), _restarts.Add)
            .To(Sink.ForEach<string>(line =>
            {
                seen.Add(line);
                if (line == "7")
                {
                    stop.Cancel();
                }
            })).RunAsync(stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(["1", "2", "3", "4", "5", "part", "6", "7"], seen);
        Assert.Equal(["line 2", "line 3", "line 4", "line 6", "line 7"], _restarts.Select(restart => $"{restart.Position}"));
    }

    [Fact]
    public async Task A_line_that_fails_each_time_fails_the_run_at_the_limit_and_the_lines_before_it_came_once()
    {
        var path = _folder.Write("lines.txt", "a\nb\nlong line\nd\n");
        var seen = new List<string>();
        var run = Source.Lines(path, options: new() { MaxLineLength = 4 }).OnError(ErrorPolicy.Restart(2), _restarts.Add).To(Sink.ForEach<string>(seen.Add)).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(run));
        Assert.Contains("Line 3", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], seen);
        Assert.Equal(2, _restarts.Count);
    }

    private static IEnumerable<string> Numbered(int count, params string[] more) => Enumerable.Range(1, count).Select(n => $"{n}").Concat(more);

    private static Task<List<string>> ListOf(Source<string> source) => Wait.For(source.To(Sink.ToList<string>()).RunAsync());

    private void FailAt(params string[] lines) => _failAt.UnionWith(lines);

    private Source<string> Lines(string path) => Source.Lines(path, Parser).OnError(ErrorPolicy.Restart(9), _restarts.Add);

    /// <summary>Fails once at each of the lines that were chosen.</summary>
    private LineParser<string> Parser() => (line, _) =>
    {
        var text = Encoding.UTF8.GetString(line);
        if (_failAt.Remove(text))
        {
            _beforeFailure(text);
            throw new FormatException($"This is {text}.");
        }

        return text;
    };
}
