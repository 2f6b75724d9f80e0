using System.Text;

namespace Sluice.Tests;

/// <summary>Lines that are too long, and files that cannot be read.</summary>
public sealed class LinesLimitTests : IDisposable
{
    private static readonly LinesOptions s_ten = new() { MaxLineLength = 10 };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _lines = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0123456789")]
    [InlineData("0123456789\n")]
    [InlineData("0123456789\r\n0123456789")]
    [InlineData("\uFEFF0123456789\n")]
    [InlineData("ééééé\n")]
    public async Task A_line_of_exactly_the_longest_length_is_read(string text)
    {
        await Wait.For(Run(_folder.Write("lines.txt", text), s_ten));

        Assert.All(_lines, line => Assert.Equal(10, Encoding.UTF8.GetByteCount(line)));
        Assert.NotEmpty(_lines);
    }

    [Theory]
    [InlineData("0123456789a")]
    [InlineData("0123456789a\n")]
    [InlineData("0123456789a\r\nc\n")]
    [InlineData("éééééa\n")]
    public async Task One_byte_more_is_an_error_that_names_the_line_and_the_lines_before_are_delivered(string tooLong)
    {
        var path = _folder.Write("lines.txt", "a\nb\n" + tooLong);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(Run(path, s_ten)));

        Assert.Contains("Line 3 ", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxLineLength", error.Message, StringComparison.Ordinal);
        Assert.Equal("Lines", error.Data["Sluice.Stage"]);
        Assert.Equal(["a", "b"], _lines);
    }

    [Fact]
    public async Task A_line_that_is_too_long_far_into_the_file_is_named_and_all_lines_before_are_delivered()
    {
        var path = _folder.Write("lines.txt", string.Concat(Enumerable.Range(1, 70_000).Select(i => $"{i}\n")) + "0123456789a\nz\n");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(Run(path, s_ten)));

        Assert.Contains("Line 70001 ", error.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 70_000).Select(i => $"{i}"), _lines);
    }

    [Fact]
    public async Task A_missing_file_is_an_error_of_the_run()
    {
        var missing = _folder.PathOf("missing.txt");
        var run = Run(missing, null);

        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => Wait.For(run));
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Equal("Lines", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_directory_is_an_error_that_says_so()
    {
        Directory.CreateDirectory(_folder.PathOf("folder"));

        var error = await Assert.ThrowsAnyAsync<IOException>(() => Wait.For(Run(_folder.PathOf("folder"), null)));

        Assert.Contains("directory", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.PathOf("folder"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_closed_when_the_run_has_ended()
    {
        var path = _folder.Write("lines.txt", "a\nb\n");
        Assert.Equal(["a"], await Wait.For(Source.Lines(path).Take(1).To(Sink.ToList<string>()).RunAsync()));

        using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(4, exclusive.Length);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinesOptions { MaxLineLength = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinesOptions { MaxLineLength = (1 << 30) + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinesOptions { PollInterval = TimeSpan.Zero });
        Assert.Equal((16 << 20, TimeSpan.FromMilliseconds(250)), (new LinesOptions().MaxLineLength, new LinesOptions().PollInterval));
    }

    private Task Run(string path, LinesOptions? options) =>
        Source.Lines(path, options: options).To(Sink.ForEach<string>(_lines.Add)).RunAsync();
}
