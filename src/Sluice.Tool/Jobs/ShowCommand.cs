using System.CommandLine;
using System.Globalization;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs show</c>: the nodes in a checkpoint.</summary>
internal static class ShowCommand
{
    internal static Command Create(JobsContext context)
    {
        var (job, checkpoint) = (JobsContext.JobArgument(), JobsContext.CheckpointOption());
        var command = new Command("show", "Shows the nodes in a checkpoint: their state in bytes, the positions of sources, the output of sinks.") { job, checkpoint };
        context.SetAction(command, async (found, store, token) =>
        {
            var name = found.GetRequiredValue(job);
            var info = await JobsContext.FindCheckpointAsync(store, name, found.GetValue(checkpoint), token);
            await using var reader = await store.OpenReaderAsync(name, info.Id, token);
            var shown = new Shown(name, info.Id.Number, info.Name, info.Time, info.Id.Epoch, await ReadAsync(reader, token));
            context.Print(found, shown, to => Write(context, to, shown));
        });
        return command;
    }

    private static async Task<IReadOnlyList<Row>> ReadAsync(CheckpointReader reader, CancellationToken cancellationToken)
    {
        var sizes = (await reader.MeasureAsync(cancellationToken)).ToDictionary(static size => size.Node, StringComparer.Ordinal);
        var outputs = new List<StagedOutput>();
        await foreach (var row in reader.ReadStagedAsync(cancellationToken))
        {
            outputs.Add(row);
        }

        var nodes = await reader.ListNodesAsync(cancellationToken);
        // What was stored beside the nodes of the pipeline: those that the library adds for pools, and all if no pipeline was described.
        var others = sizes.Keys.Except(nodes.Select(static node => node.Name)).Order(StringComparer.Ordinal).Select(static other => new StoredNode(other, default, true, []));
        var rows = new List<Row>();
        foreach (var (node, isOfPipeline) in nodes.Select(static node => (node, true)).Concat(others.Select(static node => (node, false))))
        {
            var size = sizes.GetValueOrDefault(node.Name) ?? new NodeSize(node.Name, 0, 0, 0, 0);
            var position = isOfPipeline && node.Kind == NodeKind.Source ? await PositionAsync(reader, node.Name, cancellationToken) : null;
            rows.Add(new(node.Name, isOfPipeline ? node.Kind : null, node.IsNamed, node.Targets, size.StateBytes, size.Keys, size.PositionBytes, size.StagedBytes, position,
                [.. outputs.Where(output => output.Node == node.Name).Select(static output => output.Describe() ?? string.Create(CultureInfo.InvariantCulture, $"{output.Output.Length} bytes"))]));
        }

        return rows;
    }

    private static async Task<string?> PositionAsync(CheckpointReader reader, string node, CancellationToken cancellationToken)
    {
        try
        {
            return (await reader.DescribeNodeAsync(node, cancellationToken: cancellationToken))?.TrimEnd('\n');
        }
        catch (SnapshotException)
        {
            return "of a type of the program: describe shows it with --assembly"; // what fails there comes out there
        }
    }

    private static void Write(JobsContext context, TextWriter to, Shown shown)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Checkpoint {shown.Checkpoint}{(shown.Name is null ? "" : $" ({LogText.Escape(shown.Name)})")} of job '{LogText.Escape(shown.Job)}', run {shown.Run}, {shown.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
        var table = new TextTable("NODE", "KIND", "BYTES#", "KEYS#", "TO", "POSITION OR OUTPUT");
        foreach (var row in shown.Nodes)
        {
            table.Add(row.Name, row.Kind?.ToString() ?? "", Text(row.StateBytes), row.Keys == 0 ? "" : Text(row.Keys), string.Join(", ", row.Targets), string.Join("; ", [.. row.Position is null ? [] : (string[])[row.Position], .. row.Outputs]));
        }

        table.Write(to, context.Console.IsOutputTerminal);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Shown(string Job, long Checkpoint, string? Name, DateTimeOffset Time, long Run, IReadOnlyList<Row> Nodes);

    private sealed record Row(string Name, NodeKind? Kind, bool IsNamed, IReadOnlyList<string> Targets, long StateBytes, long Keys, long PositionBytes, long OutputBytes, string? Position, IReadOnlyList<string> Outputs);
}
