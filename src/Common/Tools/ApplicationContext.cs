using System.Reflection;
using System.Runtime.Loader;

namespace Sluice.Tools;

/// <summary>Loads an application's assemblies: apart from the tool's and from other applications', each with the versions
/// that its own list of dependencies names. Only the
/// assemblies of Sluice are the tool's own, so that both mean the same types by their names.</summary>
internal sealed class ApplicationContext(string program) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(program))
{
    private static readonly Assembly s_core = typeof(Coroutine).Assembly;
    private static readonly Dictionary<string, Assembly> s_shared = SnapshotOptions.SharedAssemblies.ToDictionary(static assembly => assembly.GetName().Name!);

    private readonly AssemblyDependencyResolver _resolver = new(program);

    /// <summary>The version of Sluice that the application was built with; null if it does not use it.</summary>
    internal Version? SluiceVersion => _resolver.ResolveAssemblyToPath(new(s_core.GetName().Name!)) is { } path ? AssemblyName.GetAssemblyName(path).Version : null;

    /// <summary>The version that all applications have to be built with.</summary>
    internal static Version OwnVersion => s_core.GetName().Version!;

    protected override Assembly? Load(AssemblyName assemblyName) =>
        s_shared.TryGetValue(assemblyName.Name!, out var shared) ? shared
        : _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path)
        : null; // one of .NET's own

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
