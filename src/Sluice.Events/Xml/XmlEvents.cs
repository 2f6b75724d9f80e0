using System.Xml;

namespace Sluice;

/// <summary>Turns XML documents into events, with <see cref="XmlReader"/> underneath. Thread safety: all members may be
/// called from any thread.</summary>
/// <remarks>Document types are refused, or skipped (<see cref="XmlEventsOptions.Doctype"/>); nothing outside the document is read. Comments and processing instructions are left
/// out, and text around them is joined: between two tags there is at most one text, which comes with the tag that ends it. White space that stands alone between two
/// pieces of markup is left out, unless <see cref="XmlEventsOptions.KeepWhitespace"/> is set. A file is read up to 256
/// events ahead; of a stream that cannot seek every event is sent on before more is read.</remarks>
public static class XmlEvents
{
    /// <summary>The number of bytes that are read of a file at once: the reader itself asks for a few thousand at a time.</summary>
    private const int ReadAhead = 128 << 10;

    /// <summary>The number of events that are read ahead of a file.</summary>
    private const int EventsAtOnce = 256;

    /// <summary>A stream that cannot seek may be live: what has been read of it is sent on before more is waited for.</summary>
    private const int EventsOfLiveStream = XmlReaderCursor.EventsOfNode;

    /// <summary>Reads a file.</summary>
    /// <remarks>The file is read again in each run; reading blocks.</remarks>
    /// <param name="path">The file's path.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read and with
    /// <see cref="XmlException"/>, which names the file and has line and position, if it is not well-formed or past a limit; the events
    /// before were delivered.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Source<XmlEvent> Read(string path, XmlEventsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Source.Create<XmlEvent>(run => ReadFile(run, path, options ?? XmlEventsOptions.Default), "XmlEvents", path);
    }

    /// <summary>Reads a stream.</summary>
    /// <remarks>The stream is read from where it stands and is left open, so that it serves one run; reading blocks.</remarks>
    /// <param name="stream">The stream.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="XmlException"/>, which has line and position, if the document
    /// is not well-formed or past a limit; the events before were delivered.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Source.Create<XmlEvent>(run => ReadStream(run, stream, options ?? XmlEventsOptions.Default, origin: null), "XmlEvents");
    }

    /// <summary>Reads on with a reader: one with your own settings, such as for documents whose document types have to be processed, or one of a tree in
    /// memory.</summary>
    /// <remarks>The events begin behind the node on which the reader stands, and end where the reader ends
    /// (<see cref="XmlReader.ReadSubtree"/> ends with an element). It is left open, so that it serves one run; reading blocks. Its settings hold: what it does about
    /// document types, entities and long documents, and which white space it leaves out. Entities come as the text and the elements that they stand for. Up to 256 events are
    /// read ahead. A text is in memory before its length is checked.</remarks>
    /// <param name="reader">The reader.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.
    /// <see cref="XmlEventsOptions.Doctype"/> is not looked at.</param>
    /// <returns>The source. Its run fails with <see cref="XmlException"/> if the document is not well-formed or past a limit, with line and position
    /// if the reader knows them, and with what else the reader throws; the events before were delivered.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="reader"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: <see cref="XmlEventsOptions.MaxDocumentLength"/> is set, which only the reader itself can hold to:
    /// <see cref="XmlReaderSettings.MaxCharactersInDocument"/>.</exception>
    public static Source<XmlEvent> Read(XmlReader reader, XmlEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (options is { MaxDocumentLength: > 0 })
        {
            throw new ArgumentException(
                $"A reader that exists already is not held to {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxDocumentLength)}. Set {nameof(XmlReaderSettings)}.{nameof(XmlReaderSettings.MaxCharactersInDocument)}.", nameof(options));
        }

        return Source.Create<XmlEvent>(run => ReadWith(run, reader, options ?? XmlEventsOptions.Default), "XmlEvents");
    }

    /// <summary>Reads a stream without blocking a thread while there is nothing to read.</summary>
    /// <remarks>The stream is read from where it stands and is left open, so that it serves one run. Every event is sent on
    /// before more is read, so that a live stream is seen as it comes. Cancelling, and an early end, go to the stream's own read:
    /// one that ignores its token delays the end. A stream that never waits is read faster by
    /// <see cref="Read(Stream, XmlEventsOptions)"/>.</remarks>
    /// <param name="stream">The stream; only its asynchronous reads are used.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="XmlException"/>, which has line and position, if the document
    /// is not well-formed or past a limit; the events before were delivered.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Source<XmlEvent> ReadAsync(Stream stream, XmlEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Source.Create<XmlEvent>(run => ReadStreamAsync(run, stream, options ?? XmlEventsOptions.Default, origin: null), "XmlEvents");
    }

    private static async Coroutine ReadFile(SourceRun<XmlEvent> run, string path, XmlEventsOptions options)
    {
        await using var file = await InputFile.OpenAsync(path, run.Cancellation, ReadAhead);
        await (file.CanSeek ? ReadStream(run, file, options, path) : ReadStreamAsync(run, file, options, path));
    }

    private static async Coroutine ReadStream(SourceRun<XmlEvent> run, Stream stream, XmlEventsOptions options, string? origin)
    {
        using var limited = new TokenLimitStream(stream, options, run.Cancellation);
        using var reader = Open(limited, Settings(options, isAsync: false), origin);
        await SendAll(run, new XmlReaderCursor(reader, isOurs: true, options, origin), stream.CanSeek ? EventsAtOnce : EventsOfLiveStream);
    }

    private static Coroutine ReadWith(SourceRun<XmlEvent> run, XmlReader reader, XmlEventsOptions options) =>
        SendAll(run, new XmlReaderCursor(reader, isOurs: false, options, origin: null), EventsAtOnce);

    private static async Coroutine SendAll(SourceRun<XmlEvent> run, XmlReaderCursor cursor, int atOnce)
    {
        var events = new XmlEvent[atOnce];
        while (!run.Next.IsClosed && cursor.Read(events) is > 0 and var count)
        {
            await run.SendAllAsync(events, count);
        }
    }

    /// <summary>Sends the events of each node before it reads on, so no read is under way when the run ends.</summary>
    private static async Coroutine ReadStreamAsync(SourceRun<XmlEvent> run, Stream stream, XmlEventsOptions options, string? origin)
    {
        using var limited = new TokenLimitStream(stream, options, run.Cancellation);
        using var reader = Open(limited, Settings(options, isAsync: true), origin);
        var cursor = new XmlReaderCursor(reader, isOurs: true, options, origin);
        var events = new XmlEvent[EventsOfLiveStream];
        while (!run.Next.IsClosed && await cursor.ReadAsync(events) is > 0 and var count)
        {
            for (var i = 0; i < count && !run.Next.IsClosed; i++)
            {
                await run.Next.SendAsync(events[i]);
            }

            await run.GiveWayAsync();
        }
    }

    /// <summary>Makes the reader, which reads the beginning of the document for that.</summary>
    private static XmlReader Open(Stream stream, XmlReaderSettings settings, string? origin)
    {
        try
        {
            return XmlReader.Create(stream, settings);
        }
        catch (XmlException error) when (origin is not null)
        {
            throw XmlOrigin.Named(error, origin);
        }
    }

    internal static XmlReaderSettings Settings(XmlEventsOptions options, bool isAsync) => new()
    {
        Async = isAsync,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = !options.KeepWhitespace,
    };
}
