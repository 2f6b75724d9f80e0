using System.CommandLine;

namespace Sluice.Tool.Jobs;

/// <summary>Makes the command <c>jobs</c>.</summary>
internal static class JobsCommand
{
    internal static Command Create(ToolConsole console)
    {
        var json = new Option<bool>("--json") { Recursive = true, Description = "Print JSON, for scripts." };
        var context = new JobsContext(console, new StoreOptions(), json);
        var command = new Command("jobs", "Lists, shows, deletes, exports and imports the jobs in a store of checkpoints.")
        {
            ListCommand.Create(context), CheckpointsCommand.Create(context), ShowCommand.Create(context), DescribeCommand.Create(context),
            DeleteCommand.Create(context), ForgetCommand.Create(context), ExportCommand.Create(context), ImportCommand.Create(context),
        };
        context.Store.AddTo(command);
        command.Options.Add(json);
        return command;
    }
}
