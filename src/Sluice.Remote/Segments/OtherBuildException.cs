namespace Sluice;

/// <summary>A part was not started elsewhere, since assemblies of the application are of another build there: their code may do something
/// else than here. It fails the run before a source starts.</summary>
/// <remarks>Both sides need what was built once: two builds of the same source differ too, if they were made in different folders or
/// configurations. <see cref="RemoteOptions.OtherBuilds"/> allows it by name. Thread safety: immutable.</remarks>
public sealed class OtherBuildException : InvalidOperationException
{
    /// <summary>One text, since only such fields cross to another process.</summary>
    private readonly string _assemblies;

    internal OtherBuildException(IReadOnlyList<(AssemblyBuild Theirs, AssemblyBuild Ours)> builds)
        : base(Describe(builds)) => _assemblies = string.Join('\n', builds.Select(static pair => pair.Theirs.Name));

    /// <summary>The simple names of the assemblies that differ.</summary>
    public IReadOnlyList<string> Assemblies => _assemblies.Split('\n');

    private static string Describe(IEnumerable<(AssemblyBuild Theirs, AssemblyBuild Ours)> builds)
    {
        var differences = string.Join("; ", builds.Select(static pair => $"'{pair.Theirs.Name}' is {pair.Theirs} where the pipeline runs and {pair.Ours} at the worker"));
        return $"The worker has another build of the application: {differences}. Deploy one build to both sides, or name what may differ in {nameof(RemoteOptions)}.{nameof(RemoteOptions.OtherBuilds)}.";
    }
}
