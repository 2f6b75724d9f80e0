using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>Within the context and the scheduler that xunit gives a test, code that waits for a task is resumed on another
/// thread, some time after the test has completed the task. Outside of them it is resumed before that call returns.</summary>
internal static class NoContext
{
    /// <summary>Await it first: the rest of the test runs on a pool thread with neither.</summary>
    internal static ConfiguredTaskAwaitable Enter() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
