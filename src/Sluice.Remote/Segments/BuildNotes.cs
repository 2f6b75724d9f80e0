namespace Sluice;

/// <summary>Log lines of both sides about assemblies that may be, and are, of another build on the other one.</summary>
internal static class BuildNotes
{
    internal static void Write(ByteSink to, IReadOnlyList<string> assemblies)
    {
        to.WriteCount(assemblies.Count);
        foreach (var assembly in assemblies)
        {
            to.WriteText(assembly);
        }
    }

    /// <summary>The line for the log; null if nothing differs.</summary>
    internal static string? Read(ByteSource from)
    {
        var assemblies = new string[from.ReadCount()];
        for (var i = 0; i < assemblies.Length; i++)
        {
            assemblies[i] = from.ReadText();
        }

        return Describe(assemblies);
    }

    /// <summary>The same.</summary>
    internal static string? Describe(IReadOnlyList<string> assemblies) => assemblies.Count == 0
        ? null
        : $"another build of {string.Join(", ", assemblies.Select(static name => $"'{name}'"))} than on the other side, which {nameof(RemoteOptions.OtherBuilds)} allows.";
}
