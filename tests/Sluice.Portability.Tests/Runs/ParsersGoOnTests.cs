using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.Tests;

/// <summary>Stages that parse documents: a run that is cut anywhere in a document, between two pieces of it, and goes on gives what an undisturbed one gives.</summary>
[Collection(nameof(MarkedRun))]
public sealed class ParsersGoOnTests
{
    private static readonly Dictionary<string, (string Document, Func<Source<ReadOnlyMemory<byte>>, Source<string>> Stages)> s_parsers = new()
    {
        ["lines"] = ("\uFEFFone\ntwö\r\n\n€ three\rlast", static bytes => bytes.SplitLines()),
        ["lines in UTF-16"] = ("one\ntwö\r\n\n😀 three\rlast", static bytes => bytes.SplitLines(encoding: Encoding.Unicode)),
        ["lines in strict Latin-1"] = ("one\ntwö\r\n\nthree\rlast", static bytes => bytes.SplitLines(encoding: Encoding.GetEncoding("iso-8859-1", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback))),
        ["lines in strict UTF-8"] = ("\uFEFFone\ntwö\r\n\n😀 three\rlast", static bytes => bytes.Through(Stage.SplitLines(encoding: new UTF8Encoding(false, throwOnInvalidBytes: true)).OnError(ErrorPolicy.Skip))),
        ["lines of a parser"] = ("one\ntwö\r\n\n€ three\rlast", static bytes => bytes.Through(Stage.SplitLines<string>(static () => Numbered))),
        ["lines under a policy"] = ("one\na line that is too long\r\n\nthree\rlast", static bytes => bytes.Through(Stage.SplitLines(new LinesOptions { MaxLineLength = 10 }).OnError(ErrorPolicy.Skip))),
        ["JSON lines"] = ("{\"a\": 1}\n\n{\"a\": [2, \"ö\"]}\r\n{\"a\": null}", static bytes => bytes.SplitLines().ParseJsonLines<JsonElement>().Select(static item => item.GetRawText())),
        ["JSON"] = ("\uFEFF{\"a\": [1, -2.5e3, {\"ö\": \"a \\u00e9 €\"}, [], {}, true, false, null], \"a\" : \"\", \"a long name, which is not short\": \"and a long text, which is in no event itself\"}", static bytes => bytes.Through(JsonEvents.Parse()).Select(static item => item.ToString())),
        ["JSON of one number"] = (" 12345 ", static bytes => bytes.Through(JsonEvents.Parse()).Select(static item => item.ToString())),
        ["JSON with comments"] = ("/* one */ [1, // two\n [[2,],], ]", static bytes => bytes.Through(JsonEvents.Parse(new JsonEventsOptions { AllowComments = true, AllowTrailingCommas = true })).Select(static item => item.ToString())),
        ["XML"] = ("<?xml version=\"1.0\"?><!-- one --><a x='1' y=\"&lt;ö\"><b>text &amp; more<![CDATA[ <raw> ]]> end</b><c/><?pi x?><b xmlns:p='u' p:z=''>  €  </b>\n</a> ", static bytes => bytes.Through(Utf8Xml.Parse()).Select(static item => item.ToString())),
        ["XML with a document type"] = ("<!DOCTYPE a [<!ELEMENT a ANY> <!-- ] --> ]>\r\n<a>one<b>two</b>\r\nthree</a>", static bytes => bytes.Through(Utf8Xml.Parse(new XmlEventsOptions { Doctype = XmlDoctype.Skip, KeepWhitespace = true })).Select(static item => item.ToString())),
    };

    public static TheoryData<string> Parsers => [.. s_parsers.Keys];

    internal static IEnumerable<Func<RunOptions, Task>> All => s_parsers.Keys.Select(static parser => (Func<RunOptions, Task>)(options => Make(parser, [BytesOf(parser)]).RunAsync(options)));

    [Theory]
    [MemberData(nameof(Parsers))]
    public Task It_goes_on_between_any_two_bytes(string parser)
    {
        var bytes = BytesOf(parser);
        return GoesOn(parser, [.. Enumerable.Range(0, bytes.Length).Select(i => (ReadOnlyMemory<byte>)bytes.AsMemory(i, 1))]);
    }

    [Theory]
    [MemberData(nameof(Parsers))]
    public Task It_goes_on_between_two_pieces_of_any_size(string parser) => Seed.Run(parser.Length, async random =>
    {
        for (var i = 0; i < 3; i++)
        {
            var (bytes, pieces) = (BytesOf(parser), new List<ReadOnlyMemory<byte>>());
            for (var at = 0; at < bytes.Length; at += pieces[^1].Length)
            {
                pieces.Add(bytes.AsMemory(at, Math.Min(bytes.Length - at, 1 + random.Next(12))));
            }

            await GoesOn(parser, [.. pieces]);
        }
    });

    [Theory]
    [InlineData("JSON")]
    [InlineData("XML")]
    public async Task An_error_behind_the_cut_has_the_place_in_the_whole_document(string parser)
    {
        var good = BytesOf(parser);
        byte[] bytes = [.. good.AsSpan(0, good.Length - 20), (byte)'\n', .. "<&}]:"u8];
        var pieces = Enumerable.Range(0, bytes.Length).Select(i => (ReadOnlyMemory<byte>)bytes.AsMemory(i, 1)).ToArray();
        var whole = await Record.ExceptionAsync(() => MarkedRun.Run(Make(parser, pieces), null, -1, endsAtMark: false));
        Assert.NotNull(whole);
        for (var at = 1; at < good.Length - 22; at += 7)
        {
            var (_, stored) = await MarkedRun.Run(Make(parser, pieces), null, at, endsAtMark: true);

            var error = await Record.ExceptionAsync(() => MarkedRun.Run(Make(parser, pieces), stored, -1, endsAtMark: false));

            Assert.Equal(whole.Message, error?.Message);
        }
    }

    private static string Numbered(ReadOnlySpan<byte> line, long number) => string.Create(CultureInfo.InvariantCulture, $"{number}: {Encoding.UTF8.GetString(line)}");

    private static byte[] BytesOf(string parser) => parser == "lines in UTF-16" ? Encoding.Unicode.GetBytes(s_parsers[parser].Document)
        : parser == "lines in strict Latin-1" ? Encoding.Latin1.GetBytes(s_parsers[parser].Document)
        : Encoding.UTF8.GetBytes(s_parsers[parser].Document);

    private static Pipeline<List<string>> Make(string parser, ReadOnlyMemory<byte>[] pieces) => s_parsers[parser].Stages(Source.From(pieces).Select(MarkedRun.Count)).To(Sink.ToList<string>());

    private static async Task GoesOn(string parser, ReadOnlyMemory<byte>[] pieces)
    {
        var (whole, _) = await MarkedRun.Run(Make(parser, pieces), null, -1, endsAtMark: false);
        var marks = 0;
        for (var at = 0; at < pieces.Length; at++)
        {
            var (result, stored) = await MarkedRun.Run(Make(parser, pieces), null, at, endsAtMark: true);
            if (stored is not null)
            {
                marks++;
                (result, _) = await MarkedRun.Run(Make(parser, pieces), stored, -1, endsAtMark: false);
            }

            Assert.Equal(whole, result);
        }

        Assert.True(marks > 0, "no mark has passed");
    }
}
