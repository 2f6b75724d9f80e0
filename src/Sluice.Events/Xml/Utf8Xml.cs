using System.Xml;

namespace Sluice;

/// <summary>Turns XML documents into events, from their bytes: the fastest source of them. Thread safety: all members may be
/// called from any thread.</summary>
/// <remarks>
/// The events are those of <see cref="XmlEvents"/>, and so are the options: comments and processing instructions are left out,
/// the text around them is joined, and white space that stands alone between two pieces of markup is left out too. Texts and
/// values are copied to pages of UTF-8 and become strings when they are asked for; names are the same string each time.
/// The document has to be UTF-8 or ASCII: another encoding is an error. So is a document type, unless
/// <see cref="XmlEventsOptions.Doctype"/> skips it, and so is everything that XML 1.0 and its namespaces call not well-formed. An error has line and column, both from 1, of where what is wrong begins:
/// a line ends with LF, CR LF or CR, and columns are UTF-16 characters.
/// </remarks>
public static class Utf8Xml
{
    /// <summary>The number of events that are sent on at once, at the most: as many as stay in the processor's cache.</summary>
    private const int EventsAtOnce = 512;

    /// <summary>Reads a file.</summary>
    /// <remarks>The file is read again in each run, 32 to 64 KiB at a time; reading blocks. Allocates only the pages of texts and
    /// values, and what is new of names.</remarks>
    /// <param name="path">The file's path.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read and with
    /// <see cref="XmlException"/>, which names the file and has line and column, if it is not well-formed, not UTF-8 or past a limit; the events
    /// before were delivered.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Source<XmlEvent> Read(string path, XmlEventsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Source.Create<XmlEvent>(run => ReadFile(run, path, options ?? XmlEventsOptions.Default), nameof(Utf8Xml), path);
    }

    /// <summary>Reads a stream.</summary>
    /// <remarks>The stream is read from where it stands, asynchronously, and is left open, so that it serves one run. What has
    /// been read is sent on before more is waited for, so that a live stream is seen as it comes: a tag, and the text
    /// before it, when its end is there. Cancelling goes to the stream's own read: one that ignores its token delays the
    /// end.</remarks>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="XmlException"/>, which has line and column, if the document is not
    /// well-formed, not UTF-8 or past a limit; the events before were delivered.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Source.Create<XmlEvent>(run => ReadStream(run, stream, options ?? XmlEventsOptions.Default, origin: null), nameof(Utf8Xml));
    }

    /// <summary>The same as a stage, for bytes that come from anywhere.</summary>
    /// <remarks>The pieces may be cut anywhere. None is kept: it may be written to again when its send has completed. All events
    /// that it completes are sent on before. A job goes on in the middle of the document: use it behind <see cref="Source.Bytes(string, int)"/>, which knows its position.</remarks>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The stage. It fails with <see cref="XmlException"/>, which has line and column, if the document is not
    /// well-formed, not UTF-8 or past a limit, also when the bytes end before the document does; the events before were sent
    /// on. It takes no error policy: behind a fault it cannot go on within the document.</returns>
    public static Stage<ReadOnlyMemory<byte>, XmlEvent> Parse(XmlEventsOptions? options = null) =>
        Stage.Create<ReadOnlyMemory<byte>, XmlEvent>((chunks, next) => Parse(chunks, next, options ?? XmlEventsOptions.Default), nameof(Utf8Xml))
            .RefusingPolicies("its items are pieces of a document, in which it cannot go on behind a fault. Use a policy for a stage that parses a whole document of each item.");

    private static async Coroutine Parse(Inbox<ReadOnlyMemory<byte>> chunks, Target<XmlEvent> next, XmlEventsOptions options)
    {
        var document = new Utf8Tokenizer(options);
        var events = new XmlEvent[EventsAtOnce];
        await foreach (var chunk in chunks)
        {
            for (var rest = chunk; !rest.IsEmpty;)
            {
                rest = rest[document.Add(rest.Span)..];
                await SendRead();
            }
        }

        document.End();
        await SendRead();

        async Coroutine SendRead()
        {
            while (document.Read(events) is > 0 and var count)
            {
                for (var i = 0; i < count; i++)
                {
                    await next.SendAsync(events[i]);
                }

                events.AsSpan(0, count).Clear(); // they are no state of the stage
            }
        }
    }

    private static async Coroutine ReadFile(SourceRun<XmlEvent> run, string path, XmlEventsOptions options)
    {
        await using var file = await InputFile.OpenAsync(path, run.Cancellation);
        if (!file.CanSeek)
        {
            await ReadStream(run, file, options, path);
            return;
        }

        var document = new EventSender(run, options, path);
        while (!run.Next.IsClosed && file.Read(document.Free().Span) is > 0 and var read)
        {
            await document.Send(read);
        }

        await document.SendRest();
    }

    private static async Coroutine ReadStream(SourceRun<XmlEvent> run, Stream stream, XmlEventsOptions options, string? origin)
    {
        var document = new EventSender(run, options, origin);
        while (!run.Next.IsClosed && await stream.ReadAsync(document.Free(), run.Cancellation) is > 0 and var read)
        {
            await document.Send(read);
        }

        await document.SendRest();
    }

    /// <summary>Sends on the events of the bytes that were read, many at once.</summary>
    private sealed class EventSender(SourceRun<XmlEvent> run, XmlEventsOptions options, string? origin)
    {
        private readonly Utf8Tokenizer _document = new(options);
        private readonly XmlEvent[] _events = new XmlEvent[EventsAtOnce];

        internal Memory<byte> Free() => _document.Free();

        internal Coroutine Send(int read)
        {
            _document.Added(read);
            return SendRead();
        }

        internal Coroutine SendRest()
        {
            _document.End();
            return SendRead();
        }

        /// <summary>Only the parser is called here: an <see cref="XmlException"/> of a stage is not of this file.</summary>
        private int Read()
        {
            try
            {
                return _document.Read(_events);
            }
            catch (XmlException error) when (origin is not null)
            {
                throw XmlOrigin.Named(error, origin);
            }
        }

        private async Coroutine SendRead()
        {
            while (!run.Next.IsClosed && Read() is > 0 and var count)
            {
                await run.SendAllAsync(_events, count);
            }
        }
    }
}
