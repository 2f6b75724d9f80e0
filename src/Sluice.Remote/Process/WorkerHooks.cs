using System.Reflection;
using System.Runtime.Loader;

namespace Sluice;

/// <summary>The start-up hooks of a worker: ours comes first and never returns, so it calls the others.</summary>
internal static class WorkerHooks
{
    private const string Property = "STARTUP_HOOKS";

    /// <summary>Gets whether the runtime was told of ours.</summary>
    internal static bool OwnIsNamed => Array.IndexOf(Named(), WorkerProgram.HookAssembly) >= 0;

    /// <summary>Restores what was before ours was added, for this process and those that it starts.</summary>
    /// <returns>Those that the runtime would have called after ours.</returns>
    internal static string[] RemoveOwn()
    {
        var others = Named()[(Array.IndexOf(Named(), WorkerProgram.HookAssembly) + 1)..];
        AppContext.SetData(Property, string.Join(Path.PathSeparator, others));
        var variable = Environment.GetEnvironmentVariable(WorkerProgram.HooksVariable) ?? "";
        SetVariable(WorkerProgram.HooksVariable, variable.Length > WorkerProgram.HookAssembly.Length ? variable[(WorkerProgram.HookAssembly.Length + 1)..] : null);
        return others;
    }

    internal static void SetVariable(string name, string? value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
        {
            UnixProcess.SetVariable(name, value);
        }
    }

    /// <summary>Calls a hook as the runtime does: named by a path, or by the name of an assembly of the application.</summary>
    internal static void Call(string hook)
    {
        var assembly = Path.IsPathFullyQualified(hook)
            ? AssemblyLoadContext.Default.LoadFromAssemblyPath(hook)
            : AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(hook));
        assembly.GetType("StartupHook", throwOnError: true)!
            .GetMethod("Initialize", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [])!
            .CreateDelegate<Action>()();
    }

    private static string[] Named() =>
        (AppContext.GetData(Property) as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
