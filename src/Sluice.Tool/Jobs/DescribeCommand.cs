using System.CommandLine;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs describe</c>: the variables of a node in a checkpoint.</summary>
internal static class DescribeCommand
{
    internal static Command Create(JobsContext context)
    {
        var (job, checkpoint) = (JobsContext.JobArgument(), JobsContext.CheckpointOption());
        var node = new Argument<string>("NODE") { Description = "The node's name." };
        var key = new Option<string>("--key") { HelpName = "KEY", Description = "Only the coroutines of this key, of a node with keys." };
        var part = new Option<int>("--part") { HelpName = "N", Description = "The member of a pool, from 0. Default: 0." };
        var assemblies = new Option<string[]>("--assembly")
        {
            HelpName = "FILE",
            Description = "The program that stored the checkpoint, App.dll with all that was built beside it: its types are needed to read what it stored. Nothing of it runs but the hash codes and comparisons of keys.",
        };
        var command = new Command("describe", "Describes the state of a node: the variables of its coroutines, the fields of an operator, the position of a source.") { job, node, checkpoint, key, part, assemblies };
        context.SetAction(command, async (found, store, token) =>
        {
            var (name, wanted) = (found.GetRequiredValue(job), found.GetRequiredValue(node));
            var info = await JobsContext.FindCheckpointAsync(store, name, found.GetValue(checkpoint), token);
            await using var reader = await store.OpenReaderAsync(name, info.Id, token);
            var text = await DescribeAsync(reader, wanted, found.GetValue(part), found.GetValue(key), found.GetValue(assemblies) ?? [], token)
                ?? throw new ToolException(await MissingAsync(reader, name, wanted, found.GetValue(part), found.GetValue(key), token));
            string[] lines = [.. text.TrimEnd('\n').Split('\n').Select(LogText.Escape)];
            context.Print(found, new { Job = name, Node = wanted, Checkpoint = info.Id.Number, Lines = lines }, to => Array.ForEach(lines, to.WriteLine));
        });
        return command;
    }

    private static async Task<string?> DescribeAsync(CheckpointReader reader, string node, int part, string? key, string[] programs, CancellationToken cancellationToken)
    {
        var options = new SnapshotOptions();
        options.AllowedAssemblies.Clear(); // the tool's own
        options.AllowedAssemblies.UnionWith(programs.SelectMany(static program => ApplicationAssemblies.Load(program, "cannot be loaded")));
        try
        {
            return await reader.DescribeNodeAsync(node, part, key, options, cancellationToken);
        }
        catch (SnapshotException error) when (programs.Length == 0)
        {
            throw new ToolException($"The state of '{node}' has types of the program that stored it. Give that program with --assembly App.dll. {error.Message}", error);
        }
    }

    private static async Task<string> MissingAsync(CheckpointReader reader, string job, string node, int part, string? key, CancellationToken cancellationToken)
    {
        var states = new List<NodeState>();
        await foreach (var row in reader.ReadNodesAsync(cancellationToken))
        {
            states.Add(row);
        }

        var parts = states.Where(row => row.Node == node).Select(static row => row.Part).Order().ToList();
        return parts.Contains(part) ? $"'{node}' has no key '{key}' in this checkpoint."
            : parts.Count > 0 ? $"'{node}' has no part {part} in this checkpoint. It has: {string.Join(", ", parts)}."
            : $"Job '{job}' has no state of a node '{node}' in this checkpoint. It has: {string.Join(", ", states.Select(static row => row.Node).Distinct().Order(StringComparer.Ordinal))}.";
    }
}
