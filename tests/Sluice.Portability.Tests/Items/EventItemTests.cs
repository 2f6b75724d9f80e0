using System.Text;

namespace Sluice.Tests.Portability;

/// <summary>Events of documents refer to pages that they share: each crosses by itself, as what it shows.</summary>
public sealed class EventItemTests
{
    private static readonly string s_xml = $"<a x='1' y='ä&amp;€'><b/>text &lt; ß<c z=''>{new string('x', 100_000)}</c><d long='{new string('y', 70_000)}'/></a>";

    [Fact]
    public async Task Xml_events_of_bytes_come_back_equal()
    {
        var events = await Wait.For(Utf8Xml.Read(new MemoryStream(Encoding.UTF8.GetBytes(s_xml))).To(Sink.ToList<XmlEvent>()).RunAsync());

        Check(events, Shown);
        Assert.True(new Wire<XmlEvent>().Write(events[1]).Length < 20);
    }

    [Fact]
    public async Task Xml_events_of_strings_come_back_equal()
    {
        var events = await Wait.For(XmlEvents.Read(new MemoryStream(Encoding.UTF8.GetBytes(s_xml))).To(Sink.ToList<XmlEvent>()).RunAsync());

        Check([.. events, default, XmlEvent.ForText("half \uD800"), XmlEvent.ForText(""), XmlEvent.ForStart("\uDC00", new KeyValuePair<string, string>("k", "\uD800"))], Shown);
    }

    [Fact]
    public async Task Json_events_come_back_equal()
    {
        var json = $$"""{"short": [1, -2.5e3, true, false, null, "ä€😀"], "long": "{{new string('x', 20_000)}}", "{{new string('n', 200)}}": { } }""";
        var events = await Wait.For(JsonEvents.Read(new MemoryStream(Encoding.UTF8.GetBytes(json))).To(Sink.ToList<JsonEvent>()).RunAsync());

        Check([.. events, default, JsonEvent.Create(JsonEventKind.Name, "made", -3)], static e => $"{e.Kind} {e.Depth} {e.Name} {e.Text} {e}");
    }

    [Fact]
    public async Task Log_events_come_back_equal()
    {
        var log = "127.0.0.1 - ann [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 23\nnothing \u00ff\n";
        var events = await Wait.For(LogEvents.Read(new MemoryStream(Encoding.Latin1.GetBytes(log)), new() { AllowMalformed = true }).To(Sink.ToList<LogEvent>()).RunAsync());

        Check([.. events, default], static e => $"{e.LineNumber} {e.Text} {e.IsWellFormed} {e.User} {e.Time} {e.Status}");
    }

    private static string Shown(XmlEvent e) => $"{e.Kind} {e.Name} {e.Text} {string.Join(',', e.Attributes)} {e.Attribute("x")} {e}";

    /// <summary>By itself, in a list, and where nothing says what it is.</summary>
    private static void Check<T>(List<T> events, Func<T, string> shown)
        where T : struct
    {
        Assert.NotEmpty(events);
        var (alone, many, any) = (new Wire<T>(), new Wire<List<T>>(), new Wire<object>());
        Assert.True(alone.IsInline);
        var copies = many.RoundTrip(events);
        var boxed = (List<T>)any.RoundTrip(events);
        for (var i = 0; i < events.Count; i++)
        {
            foreach (var copy in (T[])[alone.RoundTrip(events[i]), copies[i], boxed[i], (T)any.RoundTrip(events[i])])
            {
                Assert.Equal(events[i], copy);
                Assert.Equal(shown(events[i]), shown(copy));
            }
        }
    }
}
