using System.Buffers;
using System.IO.Pipelines;

namespace Sluice;

public static partial class Source
{
    /// <summary>Produces the bytes of a stream in pieces as they are read.</summary>
    /// <remarks>Each item has memory of its own, which nothing writes to afterwards: it may be kept. The stream is read from
    /// where it stands, only as far as items are taken, and is left open, so that it serves one run. Cancelling goes to the
    /// stream's own read: one that ignores its token delays the end. Each item allocates its array.</remarks>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <param name="chunkSize">How many bytes an item has at the most; 1 or more. Default 65536. An item has what one read
    /// gave, never nothing.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="chunkSize"/> is less than 1 or more than
    /// <see cref="Array.MaxLength"/>.</exception>
    public static Source<ReadOnlyMemory<byte>> Bytes(Stream stream, int chunkSize = 64 << 10)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunkSize, Array.MaxLength);
        return Create<ReadOnlyMemory<byte>>(run => ReadBytes(run, stream, chunkSize), "Bytes");
    }

    /// <summary>Produces the bytes of a file in pieces as they are read.</summary>
    /// <remarks>The file is read again in each run, asynchronously and only as far as items are taken. Each item has memory of its own, which may be kept; it allocates its array.
    /// <para>In a durable run the position is exact for each item. A parser that is a stage, such as <see cref="Stage.SplitLines(LinesOptions, System.Text.Encoding)"/>, keeps
    /// what it has of the document, so the run goes on in the middle of it.</para></remarks>
    /// <param name="path">The file's path.</param>
    /// <param name="chunkSize">How many bytes an item has at the most; 1 or more. Default 65536. An item has what one read
    /// gave, never nothing.</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="chunkSize"/> is less than 1 or more than
    /// <see cref="Array.MaxLength"/>.</exception>
    public static Source<ReadOnlyMemory<byte>> Bytes(string path, int chunkSize = 64 << 10)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunkSize, Array.MaxLength);
        return CreateWithPosition<ReadOnlyMemory<byte>>(run => ReadBytesOfFile(run, path, chunkSize), "Bytes", path, "a piece is what one read gave, and after a crash the same bytes may come in other pieces. Read records, such as lines: Source.Lines(path).");
    }

    /// <summary>Produces the bytes that are written to a pipe, until its writer completes.</summary>
    /// <remarks>Each item is a copy of what the pipe holds in one piece, and may be kept. What has not been sent stays in the pipe:
    /// ending early or cancelling loses nothing. The reader is not completed at the end; that is its owner's. It must have
    /// no other user during a run.</remarks>
    /// <param name="reader">The pipe's reading side. The error that its writer completed with fails the run, and
    /// <see cref="PipeReader.CancelPendingRead"/> does so with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="reader"/> is null.</exception>
    public static Source<ReadOnlyMemory<byte>> Bytes(PipeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Create<ReadOnlyMemory<byte>>(run => ReadPipe(run, reader), "Bytes");
    }

    private static async Coroutine ReadBytes(SourceRun<ReadOnlyMemory<byte>> run, Stream stream, int chunkSize)
    {
        run.RestartPosition = "what the stream has not given yet";
        var buffer = new byte[chunkSize];
        int read;
        while (!run.Next.IsClosed && (read = await stream.ReadAsync(buffer, run.Cancellation)) > 0)
        {
            await run.WithinStrand.SendAsync(Detach(ref buffer, read));
            await run.GiveWayAsync();
        }
    }

    private static async Coroutine ReadBytesOfFile(SourceRun<ReadOnlyMemory<byte>> run, string path, int chunkSize)
    {
        using var file = new OpenInput(await InputFile.OpenHandleAsync(path, run.Cancellation));
        var position = run.Run.Starter is null ? null : BytesPosition.Begin(run.ResumesAt, file, path);
        run.Position = position;
        var (buffer, piece) = (new byte[chunkSize], new ReadOnlyMemory<byte>[1]);
        int read;
        while (!run.Next.IsClosed && (read = await file.ReadAsync(buffer, run.Cancellation)) > 0)
        {
            piece[0] = Detach(ref buffer, read);
            position?.Send(read);
            await run.SendAllAsync(piece, 1);
            position?.Sent();
        }
    }

    /// <summary>A piece that nearly fills the buffer gets the buffer itself; a small one must not keep a large array alive.</summary>
    private static ReadOnlyMemory<byte> Detach(ref byte[] buffer, int count)
    {
        if (count <= buffer.Length / 2)
        {
            return buffer.AsSpan(0, count).ToArray();
        }

        var full = buffer;
        buffer = new byte[full.Length];
        return full.AsMemory(0, count);
    }

    private static async Coroutine ReadPipe(SourceRun<ReadOnlyMemory<byte>> run, PipeReader reader)
    {
        run.RestartPosition = "what has not been taken from the pipe";
        var isLast = false;
        while (!isLast && !run.Next.IsClosed)
        {
            var result = await reader.ReadAsync(run.Cancellation);
            isLast = result.IsCompleted;
            var sent = result.Buffer.Start;
            try
            {
                if (result.IsCanceled)
                {
                    throw new OperationCanceledException("The read of the pipe was cancelled.");
                }

                var next = sent;
                while (!run.Next.IsClosed && result.Buffer.TryGet(ref next, out var memory))
                {
                    sent = result.Buffer.GetPosition(memory.Length, sent);
                    if (!memory.IsEmpty)
                    {
                        await run.WithinStrand.SendAsync(memory.ToArray());
                        await run.GiveWayAsync();
                    }
                }
            }
            finally
            {
                reader.AdvanceTo(sent);
            }
        }
    }
}
