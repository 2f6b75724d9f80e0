namespace Sluice.Tests;

/// <summary>Runs something on a thread of its own with 256 KB of stack, unless it is told how much.</summary>
internal static class SmallStack
{
    private const int DefaultBytes = 256 * 1024;

    internal static Task Run(Action body, int bytes = DefaultBytes)
    {
        var done = new Signal();
        var thread = new Thread(
            () =>
            {
                try
                {
                    body();
                    done.Set();
                }
                catch (Exception error)
                {
                    done.Fail(error);
                }
            },
            bytes)
        { IsBackground = true };
        thread.Start();
        return done.Task;
    }
}
