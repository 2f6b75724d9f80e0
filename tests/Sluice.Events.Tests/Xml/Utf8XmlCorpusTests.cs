using System.Runtime.InteropServices;

namespace Sluice.Tests.Xml;

/// <summary>Documents that were not made for tests: the course's own, which is not in the repository, and the ones that .NET's
/// reference packs install. Where they are not, these tests have nothing to look at.</summary>
public sealed class Utf8XmlCorpusTests
{
    private const int MostPacks = 60;
    private const int LongestPack = 400_000;

    public static TheoryData<string> Documents => [.. Course(), .. Packs()];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_has_the_events_that_the_reader_makes_of_it(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        var xml = File.ReadAllBytes(path);
        var expected = XmlOutcome.Expected(xml);

        Assert.Null(expected.Error);
        XmlOutcome.Run(Utf8Xml.Read(path)).AssertIs(expected, path);
        Seed.Run(xml.Length, random => XmlOutcome.Parse(Cut(xml, random)).AssertIs(expected, path));
    }

    [Fact]
    public void A_feed_has_the_events_that_the_reader_makes_of_it_also_byte_by_byte()
    {
        using var folder = new TemporaryFolder();
        Bench.BusFeed.Write(folder.PathOf("feed.xml"), Bench.BusFeed.SmallLength);
        var xml = File.ReadAllBytes(folder.PathOf("feed.xml"));
        var expected = XmlOutcome.Expected(xml);

        Assert.Null(expected.Error);
        XmlOutcome.Run(Utf8Xml.Read(folder.PathOf("feed.xml"))).AssertIs(expected, "feed");
        XmlOutcome.Tokenize(xml.Chunk(1)).AssertIs(expected, "feed");
    }

    private static string[] Course() => [Repository.Shared("data/allroutes.xml") ?? ""];

    private static IEnumerable<string> Packs()
    {
        // shared/Microsoft.NETCore.App/VERSION/ is where the runtime is.
        var packs = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs"));
        return !Directory.Exists(packs) ? [] : new DirectoryInfo(packs).EnumerateFiles("*.xml", SearchOption.AllDirectories)
            .Where(file => file.FullName.Contains(".Ref", StringComparison.Ordinal) && file.Length < LongestPack)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ThenBy(file => file.FullName, StringComparer.Ordinal)
            .DistinctBy(file => file.Name)
            .Take(MostPacks)
            .Select(file => file.FullName);
    }

    private static IEnumerable<byte[]> Cut(byte[] xml, Random random)
    {
        for (var at = 0; at < xml.Length;)
        {
            var length = Math.Min(random.Next(3) == 0 ? random.Next(10) : random.Next(100_000), xml.Length - at);
            yield return xml.AsSpan(at, length).ToArray();
            at += length;
        }
    }
}
