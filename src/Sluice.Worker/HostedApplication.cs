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
    /// <exception cref="StartException">It cannot be hosted.</exception>
    internal static HostedApplication Load(string program)
    {
        try
        {
            program = Path.GetFullPath(program);
            if (!File.Exists(program))
            {
                throw new StartException($"There is no application '{program}'.");
            }

            var context = new ApplicationContext(program);
            CheckVersion(program, context.SluiceVersion);
            return new(Path.GetFileNameWithoutExtension(program), [context.LoadFromAssemblyPath(program), .. SnapshotOptions.AssembliesOf(program, context.LoadFromAssemblyName)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException or InvalidOperationException)
        {
            throw new StartException($"'{program}' cannot be hosted: {error.Message}", error);
        }
    }

    private static void CheckVersion(string program, Version? version)
    {
        if (version is null)
        {
            throw new StartException($"'{program}' cannot be hosted: it does not use Sluice, or its .deps.json is not beside it.");
        }

        if (version != ApplicationContext.WorkerVersion)
        {
            throw new StartException($"'{program}' cannot be hosted: it was built with Sluice {version.ToString(3)}, and this worker is of Sluice {ApplicationContext.WorkerVersion.ToString(3)}.");
        }
    }
}
