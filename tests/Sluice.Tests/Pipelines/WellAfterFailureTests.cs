namespace Sluice.Tests;

/// <summary>User code that throws where nothing expects it leaves neither a thread nor a strand in a state that breaks what comes later.</summary>
public sealed class WellAfterFailureTests
{
    public static TheoryData<string> Ways => [.. s_ways.Keys];

    private static readonly Dictionary<string, Func<Exception, Task>> s_ways = new()
    {
        ["an operator of one's own that throws"] = static error => Source.From([1, 2]).Through(Throwing(error)).To(Stages.Drain).RunAsync(),
        ["an operator of one's own that throws at a task of a stage"] = static error => Source.From([1]).Through<int>(static async (items, next) =>
        {
            await foreach (var item in items)
            {
                await Task.Run(async () => await next.SendAsync(item)).ConfigureAwait(false);
            }
        }).Through(Throwing(error)).To(Stages.Drain).RunAsync(),
        ["a loop that is full"] = static error => Source.From([1]).Feedback<int, int>(
            async (items, _, back) =>
            {
                await foreach (var item in items)
                {
                    await back.SendAsync(item);
                    await back.SendAsync(item);
                }
            },
            1,
            OnFull.DropNewest,
            _ => throw error).To(Stages.Drain).RunAsync(),
        ["an iterator that throws when it is disposed"] = static error => Source.From(ThrowingAtEnd(error)).Take(1).To(Stages.Drain).RunAsync(),
        ["a callback of the token of a source"] = static error => Source.Create<int>(async (next, cancellation) =>
        {
            using var registration = cancellation.Register(() => throw error);
            while (true)
            {
                await next.SendAsync(1);
            }
        }).Take(1).To(Stages.Drain).RunAsync(),
        ["a callback of the token of a run"] = static async error =>
        {
            using var stop = new CancellationTokenSource();
            var run = Source.Create<int>(async (next, cancellation) =>
            {
                using var registration = cancellation.Register(() => throw error);
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
            }).To(Stages.Drain).RunAsync(stop.Token);
            try
            {
                await stop.CancelAsync();
            }
            finally
            {
                await run;
            }
        },
        ["a target by hand"] = static error => Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            throw error;
        }).SendAsync(1).AsTask(),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public Task A_thread_goes_on_well(string way)
    {
        return Wait.For(Threads.Run(() =>
        {
            Assert.NotNull(Record.Exception(() => s_ways[way](new FormatException(way)).GetAwaiter().GetResult()));
            Assert.Null(Strand.CurrentHome);
            Assert.True(Source.From([1]).To(Sink.ToList<int>()).RunAsync().IsCompletedSuccessfully);
            var target = Target.Start<int>(Stages.Drain);
            target.SendNow(1);
            target.CloseNow();
        }));
    }

    private static Stage<int, int> Throwing(Exception error) => Stage.FromOperator<int, int>(next => new ThrowingOperator(next, error), "throwing");

    private static IEnumerable<int> ThrowingAtEnd(Exception error)
    {
        try
        {
            while (true)
            {
                yield return 1;
            }
        }
        finally
        {
            Throw(error);
        }
    }

    private static void Throw(Exception error) => throw error;

    private sealed class ThrowingOperator(Target<int> next, Exception error) : Operator<int, int>(next)
    {
        public override ValueTask SendAsync(int item) => throw error;
    }
}
