namespace Sluice.Tests;

/// <summary>Runs that the tests of runs on a loop start, and the ways to start them.</summary>
internal static class LoopRuns
{
    /// <summary>A run that does this, started so; gives its task.</summary>
    internal static async Task<Task> Begin(string how, Func<Task> what, CancellationToken cancellation = default)
    {
        var pipeline = Source.Create<int>(async (_, _) => await what()).To(Sink.Count<int>());
        return how == "RunAsync" ? pipeline.RunAsync(cancellation) : (await pipeline.StartAsync(cancellationToken: cancellation)).Completion;
    }

    /// <summary>Waits until it is cancelled by the loop, and then for something outside.</summary>
    internal static async Task Forever(List<string> steps)
    {
        try
        {
            await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan);
        }
        catch (OperationCanceledException)
        {
            steps.Add("canceled");
            await Task.Run(() => { });
            steps.Add("ended");
            throw;
        }
    }

    internal static Task Within(string where, Func<Task> body) => where switch
    {
        "a scope" => new CancelScope().RunAsync(body),
        "a group" => TaskGroup.RunAsync(_ => body()),
        _ => TaskGroup.RunAsync(group =>
        {
            group.Start(body);
            return Task.CompletedTask;
        }),
    };

    internal static Task Posted(Action<Action> post, Func<Task> start)
    {
        var ended = new TaskCompletionSource();
        post(async () =>
        {
            try
            {
                await start();
                ended.SetResult();
            }
            catch (Exception error)
            {
                ended.SetException(error);
            }
        });
        return ended.Task;
    }
}
