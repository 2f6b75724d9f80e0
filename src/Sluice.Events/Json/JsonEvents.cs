using System.Text.Json;

namespace Sluice;

/// <summary>Turns JSON documents of any size into events, with <see cref="Utf8JsonReader"/> underneath. Thread safety: all
/// members may be called from any thread.</summary>
/// <remarks>
/// The document is UTF-8; a byte order mark at its beginning is left out. Memory depends on the longest name, string or
/// number and not on the document's length. What is not well-formed, cut off, not UTF-8 or past a limit fails the run with
/// <see cref="JsonException"/>, whose message says where it is and what to do; its <see cref="JsonException.LineNumber"/>
/// and <see cref="JsonException.BytePositionInLine"/> count from 0, behind the mark. The events before were delivered.
/// </remarks>
public static class JsonEvents
{
    private const int EventsAtOnce = 256;

    /// <summary>Reads a file.</summary>
    /// <remarks>The file is read again in each run, asynchronously, 64 KiB or so ahead.</remarks>
    /// <param name="path">The file's path.</param>
    /// <param name="options">Limits, and what to allow; default <see cref="JsonEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read, and with
    /// <see cref="JsonException"/>.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Source<JsonEvent> Read(string path, JsonEventsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Source.Create<JsonEvent>(run => ReadFile(run, path, options ?? JsonEventsOptions.Default), "JsonEvents", path);
    }

    /// <summary>Reads a stream.</summary>
    /// <remarks>No thread is blocked while there is nothing to read, and what has been read is sent on before more is waited for,
    /// so that a live stream is seen as it comes: an event comes when its last byte has come, a number and a name when it is
    /// known that they have ended. The stream is read from where it stands, and is left open, so that it serves one run.
    /// Cancelling goes to the stream's own read: one that ignores its token delays the end.</remarks>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <param name="options">Limits, and what to allow; default <see cref="JsonEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="JsonException"/>.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Source<JsonEvent> Read(Stream stream, JsonEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Source.Create<JsonEvent>(run => ReadStream(run, stream, options ?? JsonEventsOptions.Default, origin: null), "JsonEvents");
    }

    /// <summary>Joins pieces of bytes and turns them into events.</summary>
    /// <remarks>A name, text or character may span any number of pieces, and costs no more time for that. What is kept is copied: a
    /// piece may be written to again once its send has completed. A job goes on in the middle of the document: use it behind <see cref="Source.Bytes(string, int)"/>, which knows its
    /// position.</remarks>
    /// <param name="options">Limits, and what to allow; default <see cref="JsonEventsOptions"/>'s own.</param>
    /// <returns>The stage; it fails the run with <see cref="JsonException"/>. It takes no error policy: behind a fault it cannot go on within the
    /// document.</returns>
    public static Stage<ReadOnlyMemory<byte>, JsonEvent> Parse(JsonEventsOptions? options = null) =>
        Stage.Create<ReadOnlyMemory<byte>, JsonEvent>((pieces, next) => ParsePieces(pieces, next, options ?? JsonEventsOptions.Default), "JsonEvents")
            .RefusingPolicies("its items are pieces of a document, in which it cannot go on behind a fault. Use a policy for lines, with SplitLines and ParseJsonLines, or for a stage that parses a whole document of each item.");

    private static async Coroutine ReadFile(SourceRun<JsonEvent> run, string path, JsonEventsOptions options)
    {
        await using var file = await InputFile.OpenAsync(path, run.Cancellation);
        await ReadStream(run, file, options, path);
    }

    private static async Coroutine ReadStream(SourceRun<JsonEvent> run, Stream stream, JsonEventsOptions options, string? origin)
    {
        var tokenizer = new JsonTokenizer(options, origin);
        var events = new JsonEvent[EventsAtOnce];
        while (!run.Next.IsClosed && !tokenizer.IsLast)
        {
            tokenizer.Added(await stream.ReadAsync(tokenizer.Bytes.Free(), run.Cancellation));
            while (!run.Next.IsClosed && tokenizer.Read(events) is > 0 and var count)
            {
                await run.SendAllAsync(events, count);
            }
        }
    }

    private static async Coroutine ParsePieces(Inbox<ReadOnlyMemory<byte>> pieces, Target<JsonEvent> next, JsonEventsOptions options)
    {
        var tokenizer = new JsonTokenizer(options, origin: null);
        var events = new JsonEvent[EventsAtOnce];
        await foreach (var piece in pieces)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                var taken = tokenizer.Bytes.Copy(rest.Span);
                rest = rest[taken..];
                tokenizer.Added(taken);
                await SendAll(tokenizer, events, next, pieces.Cancellation);
            }
        }

        tokenizer.Added(0);
        await SendAll(tokenizer, events, next, pieces.Cancellation);
    }

    private static async Coroutine SendAll(JsonTokenizer tokenizer, JsonEvent[] events, Target<JsonEvent> next, CancellationToken cancellation)
    {
        while (tokenizer.Read(events) is > 0 and var count)
        {
            cancellation.ThrowIfCancellationRequested(); // a large piece may have very many events
            for (var i = 0; i < count; i++)
            {
                await next.SendAsync(events[i]);
            }

            events.AsSpan(0, count).Clear(); // they are no state of the stage
        }
    }
}
