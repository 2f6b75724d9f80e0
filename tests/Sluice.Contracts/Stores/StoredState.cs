using System.Globalization;
using System.Text;
using Sluice.Durable;

namespace Sluice.Contracts;

/// <summary>What a checkpoint has, as texts that can be compared, and rows made from texts.</summary>
internal static class StoredState
{
    internal static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    internal static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    internal static NodeState Node(string node, string? state, int part = 0) => new() { Node = node, Part = part, State = OrNull(state) };

    internal static KeyState Key(string node, string key, string? state, int group = 0, long? due = null, long order = 0, long lastUse = 0) =>
        new() { Node = node, Group = group, Key = Utf8(key), DueTime = due, Order = order, LastUse = lastUse, State = OrNull(state) };

    internal static SourcePosition Position(string node, string? position, string partition = "") => new() { Node = node, Partition = partition, Position = OrNull(position) };

    internal static StagedOutput Staged(string node, long sequence, string output) => new() { Node = node, Sequence = sequence, Output = Utf8(output) };

    /// <summary>Every row of a checkpoint, sorted.</summary>
    internal static async Task<string[]> ReadAsync(CheckpointStore store, string job, CheckpointId? id = null)
    {
        await using var reader = await store.OpenReaderAsync(job, id);
        return await ReadAsync(reader);
    }

    internal static async Task<string[]> ReadAsync(JobSession session)
    {
        await using var reader = await session.OpenReaderAsync();
        return await ReadAsync(reader);
    }

    internal static async Task<string[]> ReadAsync(CheckpointReader reader)
    {
        var rows = new List<string>();
        if (await reader.ReadGraphAsync() is { } graph)
        {
            rows.Add($"graph = {Text(graph)}");
        }

        await foreach (var row in reader.ReadNodesAsync())
        {
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"node {row.Node}/{row.Part} = {Text(row.State!.Value)}"));
        }

        await foreach (var row in reader.ReadKeysAsync())
        {
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"key {row.Node}/{row.Group}/{Text(row.Key)} due {row.DueTime} order {row.Order} used {row.LastUse} = {Text(row.State!.Value)}"));
        }

        await foreach (var row in reader.ReadPositionsAsync())
        {
            rows.Add($"position {row.Node}/{row.Partition} = {Text(row.Position!.Value)}");
        }

        await foreach (var row in reader.ReadStagedAsync())
        {
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"staged {row.Node}/{row.Sequence} = {Text(row.Output)}"));
        }

        rows.Sort(StringComparer.Ordinal);
        return [.. rows];
    }

    /// <summary>Not by <c>?:</c> alone: null becomes an array there, and empty bytes.</summary>
    private static ReadOnlyMemory<byte>? OrNull(string? text) => text is null ? (ReadOnlyMemory<byte>?)null : Utf8(text);
}
