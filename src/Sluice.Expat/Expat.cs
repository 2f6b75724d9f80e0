using System.Xml;

namespace Sluice;

/// <summary>Turns XML documents into events, with the system's Expat library (libexpat) underneath: a push parser, which
/// is fed. Thread safety: all members may be called from any thread.</summary>
/// <remarks>The events are those of <see cref="XmlEvents"/>, with the same options and limits: document types are refused or skipped, comments
/// and processing instructions left out, text around them is joined. Expat's own protections stay on. Encodings are
/// UTF-8, UTF-16, and those that .NET knows with one byte for each character and with ASCII in it (ISO-8859, Windows, KOI8). Up to 32 KiB are parsed ahead of the event that is being sent; everything that
/// was read is sent on before more is waited for, except for the beginning of a tag that is not complete: Expat from version 2.6 on
/// looks at it again only when it has become twice as long or more has followed. Without the library a run fails with a <see cref="DllNotFoundException"/> that says how
/// to install it.</remarks>
public static class Expat
{
    /// <summary>The number of bytes that are read at once.</summary>
    private const int BlockLength = 128 << 10;

    /// <summary>Reads a file.</summary>
    /// <remarks>The file is read again in each run, asynchronously.</remarks>
    /// <param name="path">The file's path.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read and with
    /// <see cref="XmlException"/>, which names the file and has line and position, if it is not well-formed or past a limit; the events
    /// before were delivered.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Source<XmlEvent> Read(string path, XmlEventsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Source.Create<XmlEvent>(run => ReadFile(run, path, options ?? XmlEventsOptions.Default), "Expat", path);
    }

    /// <summary>Reads a stream.</summary>
    /// <remarks>The stream is read from where it stands and is left open, so that it serves one run. It is awaited, with a token
    /// that is cancelled with the run and when no one takes the events any more.</remarks>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="XmlException"/>, which has line and position, if the document
    /// is not well-formed or past a limit; the events before were delivered.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Source.Create<XmlEvent>(run => ReadStream(run, stream, options ?? XmlEventsOptions.Default, origin: null), "Expat");
    }

    /// <summary>Parses bytes that are sent to it: from a socket, a pipe, a decompressor.</summary>
    /// <remarks>Pieces may be of any length and be cut anywhere, also within a character. A send of a piece completes when all events
    /// that end in it have been sent on; the piece may be written to again then. Its memory does not depend on how
    /// long a piece or the document is. The document ends when the stage is closed.</remarks>
    /// <param name="options">Limits, and what to leave out; default <see cref="XmlEventsOptions"/>'s own.</param>
    /// <returns>The stage. The run fails with <see cref="XmlException"/>, which has line and position, if the document is not
    /// well-formed or past a limit; the events before were delivered. It takes no error policy: behind a fault it cannot go on within the
    /// document.</returns>
    public static Stage<ReadOnlyMemory<byte>, XmlEvent> Parse(XmlEventsOptions? options = null) =>
        Stage.Create<ReadOnlyMemory<byte>, XmlEvent>((pieces, next) => ParsePieces(pieces, next, options ?? XmlEventsOptions.Default), "Expat")
            .RefusingPolicies("its items are pieces of a document, in which it cannot go on behind a fault. Use a policy for a stage that parses a whole document of each item.");

    private static async Coroutine ReadFile(SourceRun<XmlEvent> run, string path, XmlEventsOptions options)
    {
        await using var file = await InputFile.OpenAsync(path, run.Cancellation);
        await ReadStream(run, file, options, path);
    }

    private static async Coroutine ReadStream(SourceRun<XmlEvent> run, Stream stream, XmlEventsOptions options, string? origin)
    {
        using var parser = new ExpatParser(options, origin);
        var block = new byte[BlockLength];
        int read;
        do
        {
            read = await stream.ReadAsync(block, run.Cancellation);
            var parsed = 0;
            do
            {
                parsed += parser.Parse(block.AsSpan(parsed, read - parsed)); // nothing if nothing was read: that is the end
                await run.SendAllAsync(parser.Events, parser.Count);
                if (run.Next.IsClosed)
                {
                    return;
                }

                parser.ThrowIfFailed();
            }
            while (parsed < read);
            await run.GiveWayAsync();
        }
        while (read > 0);
    }

    private static async Coroutine ParsePieces(Inbox<ReadOnlyMemory<byte>> pieces, Target<XmlEvent> next, XmlEventsOptions options)
    {
        using var parser = new ExpatParser(options, origin: null);
        await foreach (var piece in pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                rest = rest[parser.Parse(rest.Span)..];
                await SendAll(parser, next);
            }
        }

        parser.Parse([]);
        await SendAll(parser, next);
    }

    private static async Coroutine SendAll(ExpatParser parser, Target<XmlEvent> next)
    {
        for (var i = 0; i < parser.Count; i++)
        {
            await next.SendAsync(parser.Events[i]);
        }

        parser.ThrowIfFailed();
    }
}
