namespace Sluice.Tests.Xml;

/// <summary>The contract, for XmlReader.</summary>
public sealed class XmlEventsTests : XmlSourceContract
{
    protected override string Name => "XmlEvents";

    protected override IReadOnlyDictionary<string, Difference> Differences => OfXmlReader;

    internal static IReadOnlyDictionary<string, Difference> OfXmlReader { get; } = new Dictionary<string, Difference>
    {
        ["no end"] = new("", Accepts: false, "A document of three bytes is over before XmlReader has seen enough of it to give out its first tag."),
    };

    protected override Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options) => XmlEvents.Read(stream, options);

    protected override Source<XmlEvent> Read(string path, XmlEventsOptions? options) => XmlEvents.Read(path, options);
}
