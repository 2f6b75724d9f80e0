using System.Text;

namespace Sluice.Tests;

/// <summary>Files and streams that are read by reads that block.</summary>
public sealed class XmlEventsTests : XmlEventsContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null) => XmlEvents.Read(stream, options);

    [Fact]
    public async Task A_path_is_read_anew_in_each_run()
    {
        var pipeline = XmlEvents.Read(_folder.Write("a.xml", "<a/>")).To(Sink.Count<XmlEvent>());

        Assert.Equal((2, 2), (await Wait.For(pipeline.RunAsync()), await Wait.For(pipeline.RunAsync())));
    }

    [Fact]
    public async Task Other_encodings_are_read_as_the_file_says()
    {
        var path = _folder.Write("a.xml", Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='iso-8859-1'?><a>gr\u00FCn</a>"));

        var events = await Wait.For(XmlEvents.Read(path).To(Sink.ToList<XmlEvent>()).RunAsync());
        Assert.Equal("gr\u00FCn", events[1].Text);
    }

    [Fact]
    public async Task An_early_end_closes_the_file()
    {
        var path = _folder.Write("a.xml", "<a>" + string.Concat(Enumerable.Repeat("<b/>", 100_000)) + "not well-formed");

        var events = await Wait.For(XmlEvents.Read(path).Where(e => e.IsStart("b")).Take(2).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(["<b>", "<b>"], events.Select(e => e.ToString()));
        using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.NotEqual(0, exclusive.Length);
    }

    [Fact]
    public async Task A_missing_file_is_an_error_of_the_run()
    {
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => Wait.For(XmlEvents.Read(_folder.PathOf("missing.xml")).To(Sink.Count<XmlEvent>()).RunAsync()));

        Assert.Contains("missing.xml", error.Message, StringComparison.Ordinal);
        Assert.Equal("XmlEvents", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public void Arguments_that_cannot_be_used_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => XmlEvents.Read((string)null!));
        Assert.Throws<ArgumentException>(() => XmlEvents.Read(""));
        Assert.Throws<ArgumentNullException>(() => XmlEvents.Read((Stream)null!));
        Assert.Throws<ArgumentNullException>(() => XmlEvents.ReadAsync(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new XmlEventsOptions { MaxDepth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new XmlEventsOptions { MaxTextLength = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new XmlEventsOptions { MaxDocumentLength = -1 });
    }
}
