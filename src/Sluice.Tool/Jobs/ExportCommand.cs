using System.CommandLine;
using System.Globalization;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs export</c>: writes one checkpoint as a file.</summary>
internal static class ExportCommand
{
    internal static Command Create(JobsContext context)
    {
        var (job, checkpoint) = (JobsContext.JobArgument(), JobsContext.CheckpointOption());
        var file = new Argument<string>("FILE") { Description = "The file to write." };
        var replace = new Option<bool>("--replace") { Description = "Replace the file if there is one." };
        var command = new Command("export", "Writes one checkpoint as a file, for import.") { job, file, checkpoint, replace };
        context.SetAction(command, async (found, store, token) =>
        {
            var (name, path) = (found.GetRequiredValue(job), Path.GetFullPath(found.GetRequiredValue(file)));
            var info = await JobsContext.FindCheckpointAsync(store, name, found.GetValue(checkpoint), token);
            if (Path.Exists(path) && !found.GetValue(replace))
            {
                throw new ToolException($"There is a file '{path}' already. Give another name, or --replace.");
            }

            var bytes = await WriteAsync(store, name, info.Id, path, found.GetValue(replace), token);
            context.Print(found, new { Job = name, Checkpoint = info.Id.Number, File = path, Bytes = bytes },
                to => to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Checkpoint {info.Id.Number} of job '{LogText.Escape(name)}' is in '{LogText.Escape(path)}', {bytes} bytes.")));
        });
        return command;
    }

    /// <summary>The file gets its name when it is whole and on the disk.</summary>
    private static async Task<long> WriteAsync(CheckpointStore store, string job, CheckpointId id, string path, bool replace, CancellationToken cancellationToken)
    {
        var part = $"{path}.part";
        try
        {
            long bytes;
            await using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await store.ExportAsync(job, stream, id, cancellationToken);
                stream.Flush(flushToDisk: true);
                bytes = stream.Length;
            }

            File.Move(part, path, replace);
            return bytes;
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
