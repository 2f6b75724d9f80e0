using System.Diagnostics;
using System.Reflection;

namespace Sluice;

/// <summary>The build of an assembly of the application that a process runs.</summary>
/// <param name="Name">The assembly's simple name.</param>
/// <param name="Module">The version of its module, which the compiler gives to each build.</param>
/// <param name="IsOptimized">False for one that was built for debugging.</param>
internal readonly record struct AssemblyBuild(string Name, Guid Module, bool IsOptimized)
{
    private const int ModuleBytes = 16;

    /// <summary>A name, a module version, two truths.</summary>
    private const int MinBytes = 1 + ModuleBytes + 1 + 1;

    /// <summary>The application's own assemblies: those whose types may cross, and those whose code these call.</summary>
    internal static IReadOnlyList<AssemblyBuild> All(SnapshotOptions snapshots) =>
        [.. snapshots.AllowedAssemblies.Concat(OwnAssemblies.All).Select(Of).DistinctBy(static build => build.Name, StringComparer.Ordinal)];

    /// <param name="to">The frame.</param>
    /// <param name="builds">Those of this side.</param>
    /// <param name="accepted">The names of assemblies that may be of another build on the other side.</param>
    internal static void Write(ByteSink to, IReadOnlyList<AssemblyBuild> builds, ICollection<string> accepted)
    {
        to.WriteCount(builds.Count);
        foreach (var build in builds)
        {
            to.WriteText(build.Name);
            to.WriteBytes(build.Module.ToByteArray());
            to.WriteBool(build.IsOptimized);
            to.WriteBool(accepted.Contains(build.Name));
        }
    }

    /// <summary>Compares the other side's builds with those of this one. An assembly that only one side has is not compared: what the part
    /// needs of it is not there, and that is another error.</summary>
    /// <returns>The names of assemblies that differ, and may.</returns>
    /// <exception cref="OtherBuildException">Thrown: some differ that may not.</exception>
    internal static IReadOnlyList<string> ReadAndCompare(ByteSource from, SnapshotOptions snapshots)
    {
        var ours = All(snapshots).ToDictionary(static build => build.Name, StringComparer.Ordinal);
        var accepted = new List<string>();
        var refused = new List<(AssemblyBuild Theirs, AssemblyBuild Ours)>();
        for (var left = from.ReadCount(MinBytes); left > 0; left--)
        {
            var theirs = new AssemblyBuild(from.ReadText(), new Guid(from.ReadBytes(ModuleBytes)), from.ReadBool());
            var mayDiffer = from.ReadBool();
            if (!ours.TryGetValue(theirs.Name, out var own) || own.Module == theirs.Module)
            {
                continue;
            }

            if (mayDiffer)
            {
                accepted.Add(theirs.Name);
            }
            else
            {
                refused.Add((theirs, own));
            }
        }

        return refused.Count == 0 ? accepted : throw new OtherBuildException(refused);
    }

    private static AssemblyBuild Of(Assembly assembly) => new(
        assembly.GetName().Name ?? "",
        assembly.ManifestModule.ModuleVersionId,
        assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true });

    public override string ToString() => $"{Module}, {(IsOptimized ? "optimized" : "for debugging")}";
}
