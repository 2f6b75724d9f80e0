using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>Blocking on purpose, for tests about threads: always bounded.</summary>
internal static class Threads
{
    internal static void Block(ManualResetEventSlim until, [CallerArgumentExpression(nameof(until))] string what = "") =>
        Assert.True(until.Wait(Wait.Limit), $"Waited in vain for: {what}");

    /// <summary>A thread of its own, so that blocking it starves no one.</summary>
    internal static Task Run(Action body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The same with a result.</summary>
    internal static Task<T> Run<T>(Func<T> body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
