using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Tests;
using Sluice.Tests.Xml;

namespace Sluice.Contracts;

/// <content>Documents that others wrote or chance did, and all ways to cut one; what <see cref="XmlOracle"/> says is right.</content>
public abstract partial class XmlSourceContract
{
    /// <summary>Of the reference packs' files, which are 70 MB, those that are not long.</summary>
    private const int LongestReferenceFile = 60_000;

    private static readonly string[] s_smallDocuments =
    [
        "<?xml version='1.0' encoding='utf-8'?>\r\n<!-- c --><a x='1' y=\"&lt;&#x41;\n\">one<b/> <![CDATA[two & ]]> ]]]]&gt;three<?pi x?>\r\n four &amp;&#10; <c></c ></a> <!-- d -->",
        "\uFEFF<p:a xmlns:p='urn:x' p:k='v'>\r\r\n<p:b xml:space='preserve'> \r\n </p:b>grün日本語🚌</p:a>",
        "<a><![CDATA[]]><![CDATA[]]]]><![CDATA[>x]]></a>",
    ];

    [Fact]
    public async Task A_real_feed_gives_the_events_of_its_tree()
    {
        if (Repository.Shared("data/allroutes.xml") is { } feed) // only some checkouts have it beside them
        {
            var events = await Wait.For(Read(feed, null).To(Sink.ToList<XmlEvent>()).RunAsync());

            Assert.Equal(863, events.Count(e => e.IsStart("bus")));
            Assert.Equal(OracleOf(feed), events);
        }
    }

    [Fact]
    public async Task The_documentation_files_of_the_platform_give_the_events_of_their_trees()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        var packs = Directory.GetDirectories(Path.Combine(root, "packs"), "*.Ref");
        var files = packs.SelectMany(pack => Directory.GetFiles(pack, "*.xml", SearchOption.AllDirectories))
            .Where(file => file.Contains($"{Path.DirectorySeparatorChar}ref{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && new FileInfo(file).Length < LongestReferenceFile)
            .ToList();
        Assert.NotEmpty(files);

        foreach (var file in files)
        {
            Assert.Equal(OracleOf(file), await Wait.For(Read(file, null).To(Sink.ToList<XmlEvent>()).RunAsync()));
        }
    }

    [Fact]
    public async Task A_document_gives_the_same_events_however_it_is_cut()
    {
        foreach (var document in s_smallDocuments)
        {
            var expected = XmlOracle.Events(Bytes(document));
            foreach (var pieces in Cuts(Encoding.UTF8.GetBytes(document)))
            {
                Assert.Equal(expected, await Wait.For(InPieces(pieces).To(Sink.ToList<XmlEvent>()).RunAsync()));
            }
        }
    }

    [Fact]
    public Task Any_document_gives_the_events_of_its_tree_in_pieces_of_any_length()
    {
        var cases = (from document in RandomXml.Documents
                     from length in Gen.Choose(1, 50)
                     select (Document: document, Length: length)).ToArbitrary();
        var property = Prop.ForAll(cases, one =>
        {
            var pieces = Encoding.UTF8.GetBytes(one.Document).Chunk(one.Length).Select(piece => (ReadOnlyMemory<byte>)piece);
            var events = Wait.For(InPieces(pieces).To(Sink.ToList<XmlEvent>()).RunAsync()).GetAwaiter().GetResult();
            Assert.Equal(XmlOracle.Events(Bytes(one.Document)), events);
        });
        return Wait.For(Task.Factory.StartNew(() => Seed.Check(500, property), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    private static List<XmlEvent> OracleOf(string path)
    {
        using var file = File.OpenRead(path);
        return XmlOracle.Events(file);
    }
}
