using System.Collections.Frozen;
using System.Reflection;

namespace Sluice;

/// <summary>The assemblies of this library that the application has: snapshots may have their types.</summary>
/// <remarks>Each says by its metadata that it is one. They are looked for among the application's listed dependencies, never by a name
/// that is in a snapshot.</remarks>
internal static class LibraryAssemblies
{
    private const string Mark = "Sluice.Library";
    private static readonly Assembly s_core = typeof(Coroutine).Assembly;

    private static readonly FrozenSet<Assembly> s_all = Find().ToFrozenSet();

    internal static IReadOnlyCollection<Assembly> All => s_all;

    internal static bool Contains(Assembly assembly) => s_all.Contains(assembly);

    private static IEnumerable<Assembly> Find()
    {
        IEnumerable<Assembly> always = [s_core, typeof(LibraryAssemblies).Assembly];
        var others = OwnAssemblies.Dependencies is { } list
            ? OwnAssemblies.Load(list.AssembliesThatNeed(s_core.GetName().Name!), Assembly.Load)
            : Reachable(Assembly.GetEntryAssembly());
        return always.Concat(others.Where(IsMarked));
    }

    private static bool IsMarked(Assembly assembly) => assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(static data => data.Key == Mark);

    /// <summary>A program of a single file has no list, but its code names what it uses, and so on.</summary>
    private static HashSet<Assembly> Reachable(Assembly? program)
    {
        HashSet<Assembly> found = program is null ? [] : [program];
        var left = new Queue<Assembly>(found);
        while (left.TryDequeue(out var next))
        {
            foreach (var assembly in OwnAssemblies.Load(next.GetReferencedAssemblies().Select(static name => name.Name!), Assembly.Load))
            {
                if (!PortableTypes.IsNamedAsFramework(assembly) && found.Add(assembly))
                {
                    left.Enqueue(assembly);
                }
            }
        }

        return found;
    }
}
