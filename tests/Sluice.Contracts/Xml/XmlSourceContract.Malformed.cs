using System.Xml;
using Sluice.Tests;
using Sluice.Tests.Xml;

namespace Sluice.Contracts;

/// <content>Documents that are not well-formed.</content>
public abstract partial class XmlSourceContract
{
    /// <summary>The names of the documents that are not well-formed.</summary>
    public static TheoryData<string> MalformedNames => [.. MalformedXml.All.Select(malformed => malformed.Name)];

    /// <summary>Documents that this source takes, or of which it delivers something else before it fails, and why that is right.</summary>
    protected virtual IReadOnlyDictionary<string, Difference> Differences { get; } = new Dictionary<string, Difference>();

    [Theory]
    [MemberData(nameof(MalformedNames))]
    public async Task A_document_that_is_not_well_formed_fails_with_its_position_after_all_events_before(string name)
    {
        var malformed = MalformedXml.All.Single(one => one.Name == name);
        var difference = Differences.GetValueOrDefault(name);

        var whole = await Outcome(Read(new MemoryStream(malformed.Document), null));

        Assert.Equal(difference?.Events ?? malformed.Events, whole.Events);
        Assert.Equal(difference is { Accepts: true }, whole.Error is null);
        Assert.True(whole.Error is null or { LineNumber: > 0, LinePosition: > 0 }, whole.Error?.Message);
        Assert.Equal(whole.Error is null ? null : Name, whole.Error?.Data["Sluice.Stage"]);

        // However it is cut, the same comes out.
        foreach (var pieces in Cuts(malformed.Document))
        {
            var inPieces = await Outcome(InPieces(pieces));
            Assert.Equal(whole.Events, inPieces.Events);
            Assert.Equal(whole.Error is null, inPieces.Error is null);
            Assert.True(inPieces.Error is null or { LineNumber: > 0, LinePosition: > 0 }, inPieces.Error?.Message);
        }
    }

    [Fact]
    public void Differences_are_about_documents_that_are_there() =>
        Assert.Subset(MalformedXml.All.Select(malformed => malformed.Name).ToHashSet(), Differences.Keys.ToHashSet());

    [Fact]
    public async Task An_error_has_the_line_and_position_at_which_it_was_noticed()
    {
        var error = (await Outcome(Read(Bytes("<a>\n  <b>\r\n  </c>\n</a>"), null))).Error!;

        Assert.Equal(3, error.LineNumber);
        Assert.InRange(error.LinePosition, 3, 7);
        Assert.Contains("3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_type_definition_is_refused_by_name()
    {
        var error = (await Outcome(Read(Bytes("\n<!DOCTYPE a><a/>"), null))).Error!;

        Assert.Contains("DTD", error.Message, StringComparison.Ordinal);
        Assert.True(error.LineNumber > 0);
    }

    private static async Task<(string Events, XmlException? Error)> Outcome(Source<XmlEvent> source)
    {
        var events = new List<string>();
        try
        {
            await Wait.For(source.To(Sink.ForEach<XmlEvent>(e => events.Add(e.ToString()))).RunAsync());
            return (string.Join('|', events), null);
        }
        catch (XmlException error)
        {
            return (string.Join('|', events), error);
        }
    }

    /// <summary>A document in two pieces, cut everywhere, and byte by byte.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>[]> Cuts(ReadOnlyMemory<byte> document) =>
        Enumerable.Range(0, document.Length + 1).Select(at => new[] { document[..at], document[at..] })
            .Append([.. Enumerable.Range(0, document.Length).Select(at => document.Slice(at, 1))]);

    /// <summary>A difference from the contract.</summary>
    /// <param name="Events">The events, with <c>|</c> between them.</param>
    /// <param name="Accepts">True: there is no error.</param>
    /// <param name="Why">The reason.</param>
    public sealed record Difference(string Events, bool Accepts, string Why);
}
