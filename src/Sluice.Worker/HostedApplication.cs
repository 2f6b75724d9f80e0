using System.Reflection;

namespace Sluice.Worker;

/// <summary>A deployed application whose parts are hosted.</summary>
internal sealed class HostedApplication
{
    private HostedApplication(string name, IReadOnlyCollection<Assembly> own)
    {
        Name = name;
        Snapshots.AllowedAssemblies.Clear(); // the worker's own
        Snapshots.AllowedAssemblies.UnionWith(own);
    }

    /// <summary>Its name, the same in its processes: that of its list of dependencies.</summary>
    internal string Name { get; }

    /// <summary>Types of its own projects may cross, beside those that always may.</summary>
    internal SnapshotOptions Snapshots { get; } = new();

    /// <summary>Loads its assemblies; nothing of it runs.</summary>
    /// <param name="program">The path of its program, <c>App.dll</c>, with all that was built or published beside it.</param>
    /// <exception cref="ToolException">It cannot be hosted.</exception>
    internal static HostedApplication Load(string program) =>
        new(Path.GetFileNameWithoutExtension(program), ApplicationAssemblies.Load(program, "cannot be hosted"));
}
