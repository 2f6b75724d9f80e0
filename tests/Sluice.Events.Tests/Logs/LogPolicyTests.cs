using System.Text;

namespace Sluice.Tests;

/// <summary>Lines of a log under an error policy.</summary>
public sealed class LogPolicyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1 << 20)]
    public async Task A_line_that_is_in_no_format_of_a_log_is_left_out(int size)
    {
        const string Line = "192.0.2.1 - - [22/Nov/2026:08:01:12 +0000] \"GET / HTTP/1.1\" 200 1";
        var stage = LogEvents.Parse().OnError(ErrorPolicy.Skip);
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 1000).Select(number => number == 500 ? "bad\n" : Line + "\n")));
        var events = await Wait.For(Pieces.Source(text.Chunk(size)).Through(stage).To(Sink.ToList<LogEvent>()).RunAsync());

        Assert.Equal(from number in Enumerable.Range(1, 1000) where number != 500 select (long)number, events.Select(e => e.LineNumber));
    }
}
