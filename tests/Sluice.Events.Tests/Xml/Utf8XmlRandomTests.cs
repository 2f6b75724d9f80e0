using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests.Xml;

/// <summary>Random documents, well-formed and damaged, against <see cref="XmlEvents"/>: see <see cref="FuzzedXml"/>. More
/// cases than by default: <c>SLUICE_XML_CASES=1000000</c>.</summary>
public sealed class Utf8XmlRandomTests
{
    private const int DefaultCases = 2_000;

    [Fact]
    public Task A_document_has_the_same_events_however_it_is_cut() => CheckAll(random =>
    {
        var xml = random.Bytes;
        var expected = XmlOutcome.Expected(xml);
        Assert.Null(expected.Error);
        XmlOutcome.Tokenize([xml]).AssertIs(expected, random.ToString());
        XmlOutcome.Tokenize(random.Cut(xml)).AssertIs(expected, random.ToString());
        XmlOutcome.Parse(random.Cut(xml)).AssertIs(expected, random.ToString());
    });

    [Fact]
    public Task A_damaged_document_fails_where_the_reader_does_or_has_the_same_events() => CheckAll(random =>
    {
        var xml = random.Damaged();
        var expected = XmlOutcome.Expected(xml);
        var what = $"{random}\n\ndamaged: {Convert.ToHexString(xml)}";
        var whole = XmlOutcome.Tokenize([xml]);
        whole.AssertIsOf(xml, expected, what);
        XmlOutcome.Tokenize(random.Cut(xml)).AssertIs(whole, what);
        XmlOutcome.Tokenize(xml.Chunk(1)).AssertIs(whole, what);
    });

    private static async Task CheckAll(Action<FuzzedXml> check)
    {
        var documents = Gen.Choose(0, int.MaxValue).Select(FuzzedXml.FromSeed).ToArbitrary();
        var property = Prop.ForAll(documents, random =>
        {
            check(random);
            return true;
        });
        var cases = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_XML_CASES"), out var number) ? number : DefaultCases;
        var all = Task.Factory.StartNew(() => Seed.Check(cases, property), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await (cases == DefaultCases ? Wait.For(all, "all cases") : all);
    }
}
