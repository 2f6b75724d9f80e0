using System.Text;

namespace Sluice.Tests.Xml;

public sealed class XmlPageWriterTests
{
    private readonly XmlPageWriter _writer = new();

    [Fact]
    public void A_text_on_a_page_equals_the_same_text_as_a_string()
    {
        foreach (var text in new[] { "a", "Paulina & Howard", "grüße", "日本語テキスト", "🚌", new string('é', 100), new string('x', 100_000) })
        {
            var onPage = _writer.Text(Encoding.UTF8.GetBytes(text));

            Assert.Equal(text, onPage.Text);
            Assert.Equal(XmlEvent.ForText(text), onPage);
            Assert.Equal(onPage, _writer.Text(Encoding.UTF8.GetBytes(text)));
            Assert.Equal(XmlEvent.ForText(text).GetHashCode(), onPage.GetHashCode());
            Assert.True(onPage.IsText(text));
            Assert.False(onPage.IsText(text + "."));
            Assert.False(onPage.IsText(text.AsSpan(0, text.Length - 1)));
            Assert.False(onPage.IsText(text[..^1] + "?"));
            Assert.False(onPage.IsText(""));
            Assert.False(onPage.IsStart(text));
            Assert.Equal("", onPage.Name);
            Assert.Empty(onPage.Attributes);
        }
    }

    [Fact]
    public void Texts_stay_what_they_are_when_many_follow()
    {
        var texts = Enumerable.Range(0, 20_000).Select(n => $"text {n} {new string('y', n % 50)}").ToList();

        var events = texts.ConvertAll(text => _writer.Text(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(texts, events.ConvertAll(e => e.Text));
    }

    [Fact]
    public void Pieces_become_one_text_also_across_pages()
    {
        var whole = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
        {
            _writer.Append(Encoding.UTF8.GetBytes($"<{i}>"));
            whole.Append($"<{i}>");
        }

        Assert.Equal(whole.ToString(), _writer.EndText().Text);
        Assert.Equal("next", _writer.Text("next"u8).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public void A_start_has_its_attributes(int length)
    {
        var value = new string('v', length);
        for (var i = 0; i < 10; i++)
        {
            var start = Start("bus", ("id", value), ("empty", ""), ("route", "22"));

            Assert.True(start.IsStart("bus"));
            Assert.Equal("bus", start.Name);
            Assert.Equal([new("id", value), new("empty", ""), new("route", "22")], start.Attributes);
            Assert.Equal("22", start.Attribute("route"));
            Assert.Equal("", start.Attribute("empty"));
            Assert.Null(start.Attribute("direction"));
            Assert.Equal(XmlEvent.ForStart("bus", new("id", value), new("empty", ""), new("route", "22")), start);
            Assert.NotEqual(start, Start("bus", ("id", value), ("empty", ""), ("route", "23")));
        }
    }

    [Fact]
    public void A_document_may_have_any_number_of_shapes()
    {
        for (var i = 0; i < 20_000; i++)
        {
            var start = Start("e" + (i / 100), ("a" + i, "1"), ("b", i.ToString()));

            Assert.Equal("e" + (i / 100), start.Name);
            Assert.Equal([new("a" + i, "1"), new("b", i.ToString())], start.Attributes);
        }
    }

    [Fact]
    public void What_is_discarded_is_in_no_event()
    {
        _writer.BeginAttribute("a");
        _writer.Append("1"u8);
        _writer.Discard();

        Assert.False(_writer.HasAttribute("a"));
        Assert.Equal("text", _writer.Text("text"u8).Text);
        Assert.Equal(XmlEvent.ForStart("e"), _writer.Start("e"));
    }

    [Fact]
    public void Known_names_and_shapes_and_texts_that_nobody_reads_cost_their_bytes_only()
    {
        var names = new XmlNames();
        Events(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Events(10_000);

        var bytes = 10_000 * (4 + 2 + 4 + 2 + 4); // two values with their lengths, a shape, a text
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (bytes * 11 / 10) + 20_000);

        void Events(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _writer.BeginAttribute(names.Get("route"u8));
                _writer.Append("22"u8);
                _writer.EndAttribute();
                var start = _writer.Start(names.Get("bus"u8));
                var text = _writer.Text("North "u8);
                Assert.True(start.IsStart("bus") && text.IsText("North "));
            }
        }
    }

    private XmlEvent Start(string name, params (string Name, string Value)[] attributes)
    {
        foreach (var (attribute, value) in attributes)
        {
            _writer.BeginAttribute(attribute);
            _writer.Append(Encoding.UTF8.GetBytes(value));
            _writer.EndAttribute();
        }

        return _writer.Start(name);
    }
}
