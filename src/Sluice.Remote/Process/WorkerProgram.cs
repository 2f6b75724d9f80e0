using System.Diagnostics;
using System.Globalization;

namespace Sluice;

/// <summary>Describes how this application's own program is started again, as a worker: with a start-up hook, which takes over before
/// <c>Main</c> (see <see cref="WorkerMain"/>).</summary>
internal static class WorkerProgram
{
    internal const string HooksVariable = "DOTNET_STARTUP_HOOKS";
    internal const string HookAssembly = "Sluice.Remote";
    private const string HooksSwitch = "System.StartupHookProvider.IsSupported";

    /// <summary>Gets whether the runtime calls start-up hooks in this process.</summary>
    internal static bool HooksAreEnabled => !AppContext.TryGetSwitch(HooksSwitch, out var enabled) || enabled;

    /// <exception cref="InvalidOperationException">Thrown: this program cannot be a worker.</exception>
    internal static ProcessStartInfo Describe(ProcessOptions options, WorkerInvitation invitation)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        if (options.Executable is { } executable)
        {
            start.FileName = executable;
        }
        else
        {
            UseOwnProgram(start);
        }

        foreach (var argument in options.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        SetEnvironment(start.Environment, options, invitation);
        return start;
    }

    /// <exception cref="InvalidOperationException">Thrown: this program has none, so it is trimmed, or its project says so.</exception>
    internal static void RequireHooks()
    {
        if (!HooksAreEnabled)
        {
            throw new InvalidOperationException("Env.Process needs start-up hooks, which trimming or a setting has disabled in this program: set PublishTrimmed to false and StartupHookSupport to true in its project.");
        }
    }

    private static void UseOwnProgram(ProcessStartInfo start)
    {
        RequireHooks();
        start.FileName = Environment.ProcessPath ?? throw new InvalidOperationException($"The path of this program is unknown. Name it in {nameof(ProcessOptions)}.{nameof(ProcessOptions.Executable)}.");
        if (!Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        // The first is the application's own, also under a test host, whose entry assembly is another one. Separated by ';' on all systems.
        const string ending = ".deps.json";
        var dependencies = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(';')[0];
        var program = dependencies.EndsWith(ending, StringComparison.Ordinal) ? dependencies[..^ending.Length] : "";
        if (!File.Exists(program + ".dll"))
        {
            throw new InvalidOperationException($"What 'dotnet' runs here is unknown: there is no program beside '{dependencies}'. Name it in {nameof(ProcessOptions)}.{nameof(ProcessOptions.Executable)}.");
        }

        // The host names the file even if the program was built without one.
        string[] described = File.Exists(dependencies) ? ["--depsfile", dependencies] : [];
        foreach (var argument in (ReadOnlySpan<string>)["exec", .. described, "--runtimeconfig", program + ".runtimeconfig.json", program + ".dll"])
        {
            start.ArgumentList.Add(argument);
        }
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, ProcessOptions options, WorkerInvitation invitation)
    {
        environment.Remove("DOTNET_DiagnosticPorts");
        environment.Remove("DOTNET_DefaultDiagnosticPortSuspend");
        foreach (var (name, value) in options.Environment)
        {
            if (value is null)
            {
                environment.Remove(name);
            }
            else
            {
                environment[name] = value;
            }
        }

        if (options.MemoryLimit is { } limit)
        {
            environment["DOTNET_GCHeapHardLimit"] = limit.ToString("X", CultureInfo.InvariantCulture);
        }

        // Ours is the first, so that no other code sees the invitation; it then calls the others.
        environment.TryGetValue(HooksVariable, out var others);
        environment[HooksVariable] = string.IsNullOrEmpty(others) ? HookAssembly : HookAssembly + Path.PathSeparator + others;
        environment[WorkerInvitation.Variable] = invitation.ToText();
    }
}
