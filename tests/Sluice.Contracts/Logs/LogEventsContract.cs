using System.Text;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>The contract of all ways to read a log. Derived once for each.</summary>
public abstract class LogEventsContract
{
    /// <summary>A line of the common format.</summary>
    protected const string Line = "192.0.2.1 - - [22/Nov/2026:08:01:12 +0000] \"GET /a HTTP/1.1\" 200 10";

    /// <summary>Options that take every line.</summary>
    protected static readonly LogEventsOptions Any = new() { AllowMalformed = true };

    /// <summary>The source of a log's lines.</summary>
    /// <param name="log">The log's bytes.</param>
    /// <param name="options">The limits; null for the usual ones.</param>
    protected abstract Source<LogEvent> Read(byte[] log, LogEventsOptions? options = null);

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\r\nb\rc", new[] { "a", "b", "c" })]
    [InlineData("\uFEFFgr\u00FCn\n\n\n日本", new[] { "gr\u00FCn", "", "", "日本" })]
    public async Task Lines_end_as_they_do_everywhere(string text, string[] lines)
    {
        var events = await ListOf(Pieces.Utf8(text), Any);

        Assert.Equal(lines, events.Select(e => e.Text));
        Assert.Equal(lines.Select(Pieces.Utf8), events.Select(e => e.Utf8.ToArray()));
        Assert.Equal(Enumerable.Range(1, lines.Length), events.Select(e => (int)e.LineNumber));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_replaced_in_strings_only()
    {
        byte[] log = [(byte)'a', 0xFF, (byte)'b'];

        var line = Assert.Single(await ListOf(log, Any));
        Assert.Equal("a\uFFFDb", line.Text);
        Assert.Equal(log, line.Utf8.ToArray());
    }

    [Fact]
    public async Task A_line_in_neither_format_is_an_error_that_names_it_after_the_lines_before()
    {
        var seen = new List<string>();
        var run = Read(Pieces.Utf8($"{Line}\n{Line}\nnonsense {new string('x', 500)}\n{Line}")).To(Sink.ForEach<LogEvent>(e => seen.Add(e.Path))).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(run));
        Assert.StartsWith("Line 3 of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("'nonsense xxx", error.Message, StringComparison.Ordinal);
        Assert.Contains("AllowMalformed", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 100, 400);
        Assert.Equal("LogEvents", error.Data["Sluice.Stage"]);
        Assert.Equal(["/a", "/a"], seen);
    }

    [Fact]
    public async Task A_last_line_in_neither_format_is_an_error_too() =>
        Assert.StartsWith("Line 2 of ", (await Assert.ThrowsAsync<InvalidDataException>(() => ListOf(Pieces.Utf8($"{Line}\nhost"), null))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_line_in_neither_format_is_passed_on_if_that_is_wanted()
    {
        var events = await ListOf(Pieces.Utf8($"{Line}\nnonsense\n{Line}"), Any);

        Assert.Equal([true, false, true], events.Select(e => e.IsWellFormed));
        Assert.Equal([200, 0, 200], events.Select(e => e.Status));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_an_error_after_the_lines_before()
    {
        var seen = new List<string>();
        var run = Read("a\n0123\n"u8.ToArray(), new() { AllowMalformed = true, Lines = new() { MaxLineLength = 3 } }).To(Sink.ForEach<LogEvent>(e => seen.Add(e.Text))).RunAsync();

        Assert.StartsWith("Line 2 of ", (await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(run))).Message, StringComparison.Ordinal);
        Assert.Equal(["a"], seen);
    }

    [Fact]
    public async Task Lines_stay_as_they_are_when_later_ones_come()
    {
        var lines = Enumerable.Range(0, 5000).Select(i => $"line {i} {new string('x', i % 2000)}").ToList();

        Assert.Equal(lines, (await ListOf(Pieces.Utf8(string.Join('\n', lines)), Any)).Select(e => e.Text));
    }

    [Fact]
    public async Task An_early_end_ends_the_log()
    {
        var log = Pieces.Utf8(string.Concat(Enumerable.Repeat(Line + "\n", 10_000)) + "nonsense");

        Assert.Equal([200, 200], await Wait.For(Read(log).Take(2).Select(e => e.Status).To(Sink.ToList<int>()).RunAsync()));
    }

    /// <summary>The lines of a log.</summary>
    /// <param name="log">The log's bytes.</param>
    /// <param name="options">The limits; null for the usual ones.</param>
    protected Task<List<LogEvent>> ListOf(byte[] log, LogEventsOptions? options) => Wait.For(Read(log, options).To(Sink.ToList<LogEvent>()).RunAsync());
}
