namespace Sluice.Tests;

/// <summary>Runs something on a thread of its own with 256 KB of stack.</summary>
internal static class SmallStack
{
    private const int Bytes = 256 * 1024;

    internal static Task Run(Action body)
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
            Bytes)
        { IsBackground = true };
        thread.Start();
        return done.Task;
    }
}
