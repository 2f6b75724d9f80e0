using System.Xml;

namespace Sluice;

/// <summary>Turns XML documents into events, with <see cref="XmlReader"/> underneath. Thread safety: all members may be
/// called from any thread.</summary>
/// <remarks>Document type definitions and external entities are refused. Comments and processing instructions are left
/// out, and text around them is joined: between two tags there is at most one text, which comes with the tag that ends it. White space that stands alone between two
/// pieces of markup is left out, unless <see cref="XmlEventsOptions.KeepWhitespace"/> is set. A file is read up to 256
/// events ahead; of a stream that cannot seek every event is sent on before more is read.</remarks>
public static class XmlEvents
{
    /// <summary>How many bytes are read of a file at once: the reader itself asks for a few thousand at a time.</summary>
    private const int ReadAhead = 128 << 10;

    /// <summary>How many events are read ahead of a file.</summary>
    private const int EventsAtOnce = 256;

    /// <summary>A stream that cannot seek may be live: what has been read of it is sent on before more is waited for.</summary>
    private const int EventsOfLiveStream = XmlReaderCursor.EventsOfNode;

    /// <summary>Reads a file.</summary>
    /// <remarks>The file is read anew in each run; reading blocks.</remarks>
    /// <param name="path">The file's path.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read and with
    /// <see cref="XmlException"/>, which has line and position, if it is not well-formed or past a limit; the events
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
        return Source.Create<XmlEvent>(run => ReadStream(run, stream, options ?? XmlEventsOptions.Default), "XmlEvents");
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
        return Source.Create<XmlEvent>(run => ReadStreamAsync(run, stream, options ?? XmlEventsOptions.Default), "XmlEvents");
    }

    private static async Coroutine ReadFile(SourceRun<XmlEvent> run, string path, XmlEventsOptions options)
    {
        await using var file = await InputFile.OpenAsync(path, run.Cancellation, ReadAhead);
        await (file.CanSeek ? ReadStream(run, file, options) : ReadStreamAsync(run, file, options));
    }

    private static async Coroutine ReadStream(SourceRun<XmlEvent> run, Stream stream, XmlEventsOptions options)
    {
        using var limited = new TokenLimitStream(stream, options.MaxTextLength, run.Cancellation);
        using var reader = XmlReader.Create(limited, Settings(options, isAsync: false));
        var cursor = new XmlReaderCursor(reader, limited, options);
        var events = new XmlEvent[stream.CanSeek ? EventsAtOnce : EventsOfLiveStream];
        while (!run.Next.IsClosed && cursor.Read(events) is > 0 and var count)
        {
            await run.SendAllAsync(events, count);
        }
    }

    /// <summary>Sends the events of each node before it reads on, so no read is under way when the run ends.</summary>
    private static async Coroutine ReadStreamAsync(SourceRun<XmlEvent> run, Stream stream, XmlEventsOptions options)
    {
        using var limited = new TokenLimitStream(stream, options.MaxTextLength, run.Cancellation);
        using var reader = XmlReader.Create(limited, Settings(options, isAsync: true));
        var cursor = new XmlReaderCursor(reader, limited, options);
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

    private static XmlReaderSettings Settings(XmlEventsOptions options, bool isAsync) => new()
    {
        Async = isAsync,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = !options.KeepWhitespace,
        MaxCharactersInDocument = options.MaxDocumentLength,
    };
}
