using Sluice;

/// <summary>The runtime looks for this type by its name, without a namespace, and calls it before <c>Main</c> if the environment says so.</summary>
internal static class StartupHook
{
    internal static void Initialize()
    {
        if (WorkerMain.TakeInvitation() is { } invitation)
        {
            WorkerMain.Run(invitation);
        }
    }
}
