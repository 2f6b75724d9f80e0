using System.CommandLine;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs forget</c>: removes everything of one node (rule 19).</summary>
internal static class ForgetCommand
{
    internal static Command Create(JobsContext context)
    {
        var (job, yes) = (JobsContext.JobArgument(), JobsContext.YesOption());
        var node = new Argument<string>("NODE") { Description = "The node's name." };
        var command = new Command("forget", "Deletes the state of a node that the program does not have any more, from all checkpoints of a job. A program that has the node starts it fresh.") { job, node, yes };
        context.SetAction(command, async (found, store, token) =>
        {
            var (name, gone) = (found.GetRequiredValue(job), found.GetRequiredValue(node));
            await JobsContext.FindAsync(store, name, token);
            if (!found.GetValue(yes))
            {
                await context.Console.ConfirmAsync($"Everything of node '{gone}' will be deleted from all checkpoints of job '{name}' in {store.Description}.", token);
            }

            if (gone.Length == 0 || !await store.ForgetNodeAsync(name, gone, token))
            {
                throw new ToolException($"Job '{name}' has nothing of a node '{gone}'. sluice jobs show {name} lists its nodes.");
            }

            context.Print(found, new { Job = name, Forgotten = gone }, to => to.WriteLine($"Node '{LogText.Escape(gone)}' of job '{LogText.Escape(name)}' is forgotten."));
        });
        return command;
    }
}
