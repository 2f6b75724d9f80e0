namespace Sluice.Tests;

/// <summary>The fields of one line.</summary>
public sealed class LogEventTests
{
    private const string Combined = "192.0.2.1 - - [22/Nov/2026:08:01:12 +0000] \"GET /a?b=c HTTP/1.1\" 304 6237 \"http://x/\" \"Mozilla/5.0 (X11)\"";

    [Fact]
    public void A_line_in_combined_format_has_all_fields()
    {
        Assert.True(LogEvent.TryParse(Pieces.Utf8(Combined), out var line));

        Assert.Equal((1L, Combined, Combined), (line.LineNumber, line.Text, line.ToString()));
        Assert.Equal(("192.0.2.1", null), (line.Host, line.User));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 8, 1, 12, TimeSpan.Zero), line.Time);
        Assert.Equal(("GET /a?b=c HTTP/1.1", "GET", "/a?b=c"), (line.Request, line.Method, line.Path));
        Assert.Equal((304, 6237L), (line.Status, line.Size));
        Assert.Equal(("http://x/", "Mozilla/5.0 (X11)"), (line.Referrer, line.Agent));
    }

    [Fact]
    public void A_line_in_common_format_has_no_referrer_and_no_agent()
    {
        Assert.True(LogEvent.TryParse("::1 - mary ann [01/Feb/2024:23:59:60 -0330] \"POST / HTTP/2.0\" 200 -"u8, out var line));

        Assert.Equal(("::1", "mary ann", "POST", "/", 200), (line.Host, line.User, line.Method, line.Path, line.Status));
        Assert.Equal(new DateTimeOffset(2024, 2, 2, 0, 0, 0, new TimeSpan(-3, -30, 0)), line.Time);
        Assert.Equal((null, null, null), (line.Size, line.Referrer, line.Agent));
    }

    [Theory]
    [InlineData("GET /", "GET", "/")]
    [InlineData("GET /a b c HTTP/1.0", "GET", "/a b c")]
    [InlineData("GET /a HTTP/ HTTP/1.0", "GET", "/a HTTP/")]
    [InlineData("-", "", "")]
    [InlineData("", "", "")]
    [InlineData("\\x16\\x03\\x01", "", "")]
    [InlineData("GET /say=\\\"hi\\\" HTTP/1.1", "GET", "/say=\\\"hi\\\"")]
    public void Requests_are_whatever_was_sent(string request, string method, string path)
    {
        Assert.True(LogEvent.TryParse(Pieces.Utf8($"h - - [22/Nov/2026:08:01:12 +0000] \"{request}\" 400 0 \"-\" \"\" more \"and more"), out var line));

        Assert.Equal((request, method, path), (line.Request, line.Method, line.Path));
        Assert.Equal((400, 0L, null, null), (line.Status, line.Size, line.Referrer, line.Agent));
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(" - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - 22/Nov/2026:08:01:12 +0000 \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000 \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +1500] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +1401] \"GET /\" 200 1")]
    [InlineData("h - - [22/nov/2026:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [22/anF/2026:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [29/Feb/2026:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [00/Feb/2026:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/0000:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [01/Jan/0001:00:00:00 +0100] \"GET /\" 200 1")]
    [InlineData("h - - [31/Dec/9999:23:59:59 -0100] \"GET /\" 200 1")]
    [InlineData("h - - [31/Dec/9999:23:59:60 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:24:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:60:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:61 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08-01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [2x/Nov/2026:08:01:12 +0000] \"GET /\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] GET / 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET / 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\\\" 200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\\")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\"200 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\"")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 2000 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 2x0 1")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200 1x")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200 1234567890123456789")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200 1 \"referrer\"")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200 1 \"referrer\" \"agent")]
    [InlineData("h - - [22/Nov/2026:08:01:12 +0000] \"GET /\" 200 1 more")]
    public void A_line_in_neither_format_has_its_text_and_no_fields(string text)
    {
        Assert.False(LogEvent.TryParse(Pieces.Utf8(text), out var line));

        Assert.Equal((text, false), (line.Text, line.IsWellFormed));
        Assert.Equal(("", "", "", "", 0), (line.Host, line.Request, line.Method, line.Path, line.Status));
        Assert.Equal((null, null, null, null, default), (line.User, line.Size, line.Referrer, line.Agent, line.Time));
    }

    [Theory]
    [InlineData("www.example.com:80 192.0.2.1 - -", "www.example.com:80", "192.0.2.1", null)]
    [InlineData("www.example.com:443 2001:db8::1 - mary ann", "www.example.com:443", "2001:db8::1", "mary ann")]
    [InlineData("[2001:db8::80]:443 2001:db8::1 id mary", "[2001:db8::80]:443", "2001:db8::1", "mary")]
    [InlineData("www.example.com 192.0.2.1 - -", "www.example.com", "192.0.2.1", null)]
    [InlineData("www.example.com 192.0.2.1 - mary", "www.example.com", "192.0.2.1", "mary")]
    [InlineData("www.example.com 192.0.2.1 id mary", "www.example.com", "192.0.2.1", "mary")]
    [InlineData("www.example.com 2001:db8::1 id mary ann", "www.example.com", "2001:db8::1", "mary ann")]
    [InlineData("192.0.2.1 12 mary ann", null, "192.0.2.1", "mary ann")]
    [InlineData("::1 - -", null, "::1", null)]
    [InlineData("2001:db8::80 id mary ann", null, "2001:db8::80", "mary ann")]
    [InlineData("2001:db8::80 - mary ann", null, "2001:db8::80", "mary ann")]
    [InlineData("192.0.2.1:5123 - mary ann", null, "192.0.2.1:5123", "mary ann")]
    [InlineData("192.0.2.1:5123 id mary", null, "192.0.2.1:5123", "mary")]
    [InlineData("192.0.2.1 id mary ann", null, "192.0.2.1", "mary ann")]
    public void The_server_may_stand_in_front_of_the_host(string front, string? virtualHost, string host, string? user)
    {
        Assert.True(LogEvent.TryParse(Pieces.Utf8($"{front} [22/Nov/2026:08:01:12 +0000] \"GET /a HTTP/1.1\" 200 12 \"-\" \"curl\""), out var line));

        Assert.Equal((virtualHost, host, user), (line.VirtualHost, line.Host, line.User));
        Assert.Equal(("/a", 200, 12L, "curl", null), (line.Path, line.Status, line.Size, line.Agent, line.Rest));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(" 0.012 \"10.0.0.1\" -", "0.012 \"10.0.0.1\" -")]
    [InlineData(" gr\u00FCn", "gr\u00FCn")]
    public void What_stands_behind_the_agent_is_the_rest(string behind, string? rest)
    {
        Assert.True(LogEvent.TryParse(Pieces.Utf8($"h - - [22/Nov/2026:08:01:12 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl\"{behind}"), out var line));

        Assert.Equal(("curl", rest), (line.Agent, line.Rest));
    }

    /// <summary>Cutting the line off anywhere never throws, and only a common line's end makes another one that is well-formed.</summary>
    [Fact]
    public void A_line_may_be_cut_off_anywhere()
    {
        var utf8 = Pieces.Utf8(Combined);
        var end = Combined.IndexOf("6237", StringComparison.Ordinal);

        Assert.Equal(
            [end + 1, end + 2, end + 3, end + 4, end + 5, utf8.Length],
            Enumerable.Range(0, utf8.Length + 1).Where(length => LogEvent.TryParse(utf8.AsSpan(0, length), out _)));
    }

    [Fact]
    public void Events_are_equal_if_their_lines_and_numbers_are()
    {
        var (a, same, b) = (Parse("a"), Parse("a"), Parse("b"));

        Assert.True(a == same && a.Equals((object)same) && a.GetHashCode() == same.GetHashCode());
        Assert.True(a != b && a != default);
        Assert.Equal(("", "", false), (default(LogEvent).Text, default(LogEvent).Host, default(LogEvent).IsWellFormed));
    }

    private static LogEvent Parse(string text) => LogEvent.TryParse(Pieces.Utf8(text), out var line) || line.Text == text ? line : default;
}
