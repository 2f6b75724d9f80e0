using Sluice;
using Sluice.Tests;

/// <summary>A start-up hook as users have them. What it sees, workers of the tests can tell.</summary>
internal static class StartupHook
{
    internal static void Initialize() =>
        AppContext.SetData(WorkerEntries.SeenByHook, $"called with {WorkerInvitation.Variable} {Environment.GetEnvironmentVariable(WorkerInvitation.Variable) ?? "removed"}");
}
