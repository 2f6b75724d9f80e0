using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Sluice;

/// <summary>An application's own assemblies: those that are made from its projects, not from packages.</summary>
internal static class OwnAssemblies
{
    /// <summary>Those of the application that runs here.</summary>
    internal static IReadOnlyList<Assembly> All { get; } = [.. Find().Distinct()];

    /// <summary>What the application is called: under a test host not that.</summary>
    internal static string ApplicationName =>
        ListFile is { Length: > 0 } list ? Path.GetFileName(list).Replace(DependencyList.Ending, "", StringComparison.Ordinal)
        : Assembly.GetEntryAssembly()?.GetName().Name ?? "application";

    /// <summary>The list of the application that runs here; null for a program of a single file, which has none.</summary>
    internal static DependencyList? Dependencies => ListFile is { } list && File.Exists(list) ? DependencyList.Read(list) : null;

    /// <summary>The first of the lists is the application's, but that of a single file is within it, and the first one that of the framework.</summary>
    private static string? ListFile => IsSingleFile ? null : (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "That there is none is what tells a single file.")]
    private static bool IsSingleFile => Assembly.GetEntryAssembly() is { Location.Length: 0 };

    /// <summary>Those of the application whose program is this file, which is <see cref="ApplicationName"/>.dll there.</summary>
    /// <exception cref="IOException">Thrown, also as a derived type: its list of dependencies cannot be read.</exception>
    /// <exception cref="InvalidDataException">Thrown: it is no such list.</exception>
    internal static IEnumerable<Assembly> Of(string program, Func<AssemblyName, Assembly> load) =>
        Load(DependencyList.Read(Path.ChangeExtension(program, DependencyList.Ending)).Projects, load);

    /// <summary>Loads those that there are.</summary>
    internal static IEnumerable<Assembly> Load(IEnumerable<string> names, Func<AssemblyName, Assembly> load)
    {
        foreach (var name in names)
        {
            Assembly assembly;
            try
            {
                assembly = load(new AssemblyName(name));
            }
            catch (Exception error) when (error is FileNotFoundException or FileLoadException or BadImageFormatException)
            {
                continue; // a project that only builds something, or was not published along
            }

            yield return assembly;
        }
    }

    private static IEnumerable<Assembly> Find()
    {
        IEnumerable<Assembly> entry = Assembly.GetEntryAssembly() is { } assembly ? [assembly] : [];
        return Dependencies is { } list ? entry.Concat(Load(list.Projects, Assembly.Load)) : entry;
    }
}
