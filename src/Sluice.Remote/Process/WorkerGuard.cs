using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Ends a process that was started as a worker but in which the runtime does not call the start-up hook, so that it
/// does not do all the work of <c>Main</c> again (and start workers of its own).</summary>
internal static class WorkerGuard
{
    // Runs before any code of this assembly, which in a worker is the hook.
#pragma warning disable CA2255 // It is what sees that the hook does not come.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Check()
    {
        if (Environment.GetEnvironmentVariable(WorkerInvitation.Variable) is null || (WorkerProgram.HooksAreEnabled && WorkerHooks.OwnIsNamed))
        {
            return;
        }

        Console.Error.WriteLine("Sluice: this process was started as a worker, but the runtime does not call its start-up hook. "
            + $"Set StartupHookSupport to true in the program's project, and leave {WorkerProgram.HooksVariable} as it is.");
        Environment.Exit(WorkerExitCode.NoHook);
    }
}
