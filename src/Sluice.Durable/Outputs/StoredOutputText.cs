namespace Sluice.Durable;

/// <summary>The output of a sink in a checkpoint, for people.</summary>
internal static class StoredOutputText
{
    /// <summary>The names and the committed lengths of files; null for what another sink has prepared.</summary>
    internal static string? Of(StagedOutput output)
    {
        try
        {
            var file = JobFileState.FromBytes(output.Output.Span, output.Node);
            var state = OutputState.FromBytes(file.File); // its checksum tells it from the bytes of others
            var parts = state.Parts.Select(static part => $"'{(part.PublishedName.Length > 0 ? part.PublishedName : part.Name)}', {part.Length} bytes").ToList();
            var early = file.Early.Count == 0 ? "" : $"{(parts.Count == 0 ? "" : "; ")}{file.Early.Count} records that come first";
            return string.Join("; ", parts) + early;
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or EndOfStreamException or StoreDamagedException)
        {
            return null; // no file of ours
        }
    }
}
