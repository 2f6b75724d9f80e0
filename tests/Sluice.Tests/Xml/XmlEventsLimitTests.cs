namespace Sluice.Tests;

public sealed class XmlEventsLimitTests : XmlEventsLimitContract
{
    protected override Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null) => XmlEvents.Read(stream, options);
}

public sealed class XmlEventsAsyncLimitTests : XmlEventsLimitContract
{
    protected override Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null) => XmlEvents.ReadAsync(new AsyncOnlyStream(stream), options);
}
