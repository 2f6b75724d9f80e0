using System.Buffers;

namespace Sluice.Durable;

/// <summary>A file with options of its own in a blueprint.</summary>
internal sealed class OutputFileRequest<T>(string path, OutputFileOptions options, RecordEncoder<T> encode) : OutputRequest
{
    internal override SinkOutput? Make(IOutputMaker maker, string node) => ((JobOutputs)maker).MakeFile(path, options, encode, node)
        ?? throw new InvalidOperationException($"'{path}' is a pipe or a device. Options of output files are for files; '{node}' writes there without them, and in a job at least once.");

    /// <summary>Writes it in a run without a job: what has come is shown when all has.</summary>
    internal async Coroutine Write(Inbox<T> items)
    {
        using var file = OutputFile.Open(path, options);
        file.Prepare(0);
        file.Publish(0);
        var bytes = new ArrayBufferWriter<byte>();
        await foreach (var item in items)
        {
            bytes.ResetWrittenCount();
            encode(item, bytes);
            file.Append(bytes.WrittenSpan);
        }

        file.Prepare(1);
        file.Publish(1);
    }
}
