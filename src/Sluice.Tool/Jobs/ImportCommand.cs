using System.CommandLine;
using System.Globalization;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs import</c>: makes a job of a file that <see cref="ExportCommand"/> wrote.</summary>
internal static class ImportCommand
{
    internal static Command Create(JobsContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The file that export wrote." };
        var job = new Option<string>("--job") { HelpName = "NAME", Description = "The name of the job. Default: the one that it was exported from." };
        var replace = new Option<bool>("--replace") { Description = "Delete a job of this name first, when the file has turned out to be whole." };
        var force = DeleteCommand.ForceOption();
        var command = new Command("import", "Makes a job of a file that export wrote.") { file, job, replace, force };
        context.SetAction(command, async (found, store, token) =>
        {
            await using var stream = new FileStream(found.GetRequiredValue(file), FileMode.Open, FileAccess.Read, FileShare.Read);
            var exported = await CheckpointStore.CheckExportAsync(stream, token); // nothing is deleted for a damaged file
            var name = found.GetValue(job) is { Length: > 0 } given ? given : exported.Job;
            if (await store.FindJobAsync(name, token) is not null)
            {
                if (!found.GetValue(replace))
                {
                    throw new ToolException($"{store.Description} has a job '{name}' already. Give another name with --job, or --replace, which deletes that job.");
                }

                await DeleteCommand.DeleteAsync(store, name, found.GetValue(force), token);
            }

            stream.Position = 0;
            var info = await store.ImportAsync(name, stream, token);
            context.Print(found, new { Job = name, Checkpoint = info.Id.Number },
                to => to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Job '{LogText.Escape(name)}' is at checkpoint {info.Id.Number}.")));
        }, mayBeNew: true);
        return command;
    }
}
