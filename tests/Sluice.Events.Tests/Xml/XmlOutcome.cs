using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using System.Xml;

namespace Sluice.Tests.Xml;

/// <summary>The outcome of a document: its events, and its error.</summary>
internal sealed partial record XmlOutcome(IReadOnlyList<XmlEvent> Events, XmlException? Error)
{
    [GeneratedRegex("""^\uFEFF?<\?xml\s+version\s*=\s*['"]1\.0[^'"]""")]
    private static partial Regex WrongVersion { get; }

    [GeneratedRegex("""<[^/!?]>\z""")]
    private static partial Regex RootOfThree { get; }

    /// <summary>The outcome by <see cref="XmlEvents.Read(Stream, XmlEventsOptions?)"/>, which is right.</summary>
    internal static XmlOutcome Expected(byte[] xml, XmlEventsOptions? options = null) =>
        Run(XmlEvents.Read(new MemoryStream(xml), options));

    /// <summary>The outcome by the stage in chunks, whose memory is used again.</summary>
    internal static XmlOutcome Parse(IEnumerable<byte[]> chunks, XmlEventsOptions? options = null) =>
        Run(Source.From(InOneBuffer(chunks)).Through(Utf8Xml.Parse(options)));

    internal static XmlOutcome Run(Source<XmlEvent> source)
    {
        var events = new List<XmlEvent>();
        try
        {
            source.To(Sink.ForEach<XmlEvent>(events.Add)).RunAsync().Wait(Sluice.Tests.Wait.Limit);
            return new(events, null);
        }
        catch (AggregateException error) when (error.InnerException is XmlException wrong)
        {
            return new(events, wrong);
        }
    }

    /// <summary>The same without a pipeline, for very many documents.</summary>
    internal static XmlOutcome Tokenize(IEnumerable<byte[]> chunks, XmlEventsOptions? options = null)
    {
        var (tokenizer, buffer, events) = (new Utf8Tokenizer(options ?? XmlEventsOptions.Default), new XmlEvent[64], new List<XmlEvent>());
        try
        {
            foreach (var chunk in chunks)
            {
                for (var added = 0; added < chunk.Length;)
                {
                    added += tokenizer.Add(chunk.AsSpan(added));
                    Take();
                }
            }

            tokenizer.End();
            Take();
            return new(events, null);
        }
        catch (XmlException error)
        {
            return new(events, error);
        }

        void Take()
        {
            while (tokenizer.Read(buffer) is > 0 and var count)
            {
                events.AddRange(buffer.AsSpan(0, count));
            }
        }
    }

    /// <summary>The same events, and then an error in both or in none.</summary>
    internal void AssertIs(XmlOutcome expected, string what)
    {
        Assert.True(Events.SequenceEqual(expected.Events), $"{what}\n\nhas the events\n{expected}\n\nand not\n{this}");
        Assert.True(Error is null == expected.Error is null, $"{what}\n\nis to end with '{expected.Error?.Message ?? "no error"}', and not with '{Error?.Message ?? "no error"}'.");
        Assert.True(Error is null || (Error.LineNumber > 0 && Error.LinePosition > 0));
    }

    /// <summary>The same for a document that may be anything: what the two may differ in is left out.</summary>
    internal void AssertIsOf(byte[] xml, XmlOutcome expected, string what)
    {
        if (WrongVersion.IsMatch(Encoding.UTF8.GetString(xml)))
        {
            // XmlReader takes every version that begins with 1.0.
            Assert.True(Error is not null && Events.Count == 0, what);
            return;
        }

        if (!Utf8.IsValid(xml))
        {
            // XmlReader finds such bytes when it decodes them, and may then not give what is in front of them; half a
            // character at the very end it does not find at all, so that the last text may be longer.
            var known = Math.Min(Events.Count, expected.Events.Count) - 1;
            Assert.NotNull(Error);
            Assert.Equal(expected.Events.Take(known), Events.Take(known));
            return;
        }

        if (RootOfThree.IsMatch(Encoding.UTF8.GetString(xml)) && expected.Events.Count == 0 && Events.Count > 0)
        {
            // XmlReader does not look at what begins at the root fewer than four characters before the end, so it does not see that an
            // element begins; the document is wrong in any case.
            Assert.NotNull(expected.Error);
            Assert.NotNull(Error);
            Assert.Equal(XmlEventKind.Start, Assert.Single(Events).Kind);
            return;
        }

        AssertIs(expected, what);
    }

    public override string ToString() => string.Join('|', Events.TakeLast(20)) + (Error is null ? "" : " and then " + Error.Message);

    private static IEnumerable<ReadOnlyMemory<byte>> InOneBuffer(IEnumerable<byte[]> chunks)
    {
        var buffer = Array.Empty<byte>();
        foreach (var chunk in chunks)
        {
            Array.Fill(buffer, (byte)'<');
            Array.Resize(ref buffer, Math.Max(buffer.Length, chunk.Length));
            chunk.CopyTo(buffer, 0);
            yield return buffer.AsMemory(0, chunk.Length);
        }
    }
}
