namespace Sluice.Tests;

/// <summary>Generators that move between stages, runs and threads from one step to the next.</summary>
public sealed class GeneratorMovedTests
{
    [Fact]
    public async Task A_generator_may_move_from_stage_to_stage_with_the_items()
    {
        var log = new List<string>();
        var generator = Generator.Start<string?, string>(async exchange =>
        {
            try
            {
                var sent = await exchange.Yield("begin");
                while (true)
                {
                    sent = await Answer(exchange, sent);
                }
            }
            finally
            {
                log.Add("left");
            }
        });
        Assert.Equal("begin", generator.Next());
        var pipeline = Source.From(["a", "b"])
            .Through<(string Item, Generator<string?, string> Generator)>(async (items, next) =>
            {
                await foreach (var item in items)
                {
                    log.Add(generator.Send($"{item} first"));
                    await next.SendAsync((item, generator));
                }
            })
            .To(async pairs =>
            {
                await foreach (var (item, moved) in pairs)
                {
                    log.Add(moved.Send($"{item} second"));
                }

                generator.Close();
            });

        await Wait.For(pipeline.RunAsync());

        Assert.Equal(["<a first>", "<a second>", "<b first>", "<b second>", "left"], log);

        static async Coroutine<string?> Answer(Exchange<string?, string> exchange, string? sent) => await exchange.Yield($"<{sent}>");
    }

    [Fact]
    public async Task A_generator_may_be_stepped_by_one_thread_after_another()
    {
        var threads = new HashSet<int>();
        var generator = Generator.Start<int, int, int>(async exchange =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            var sum = await exchange.YieldFrom(Generator.Start<int, int, int>(inner => Bodies.SumOf(inner, 2)));
            threads.Add(Environment.CurrentManagedThreadId);
            return sum + await Bodies.SumOf(exchange, 1);
        });
        var values = new List<int> { generator.Next() };

        for (var i = 1; i <= 2; i++)
        {
            await Wait.For(Threads.Run(() => values.Add(generator.Send(i))));
        }

        await Wait.For(SmallStack.Run(() => Assert.False(generator.TrySend(100, out _))));

        Assert.Equal([0, 1, 0], values);
        Assert.Equal(103, generator.Result);
        Assert.Equal(2, threads.Count);
    }

    [Fact]
    public async Task A_generator_that_was_begun_in_one_run_goes_on_in_another_and_outside()
    {
        var generator = Generator.Start<int>(async exchange => await Bodies.Count(exchange));
        var pipeline = Source.From([0, 0]).Select(_ => generator.Next()).To(Sink.ToList<int>());

        Assert.Equal([1, 2], await Wait.For(pipeline.RunAsync()));
        Assert.Equal(3, generator.Next());
        Assert.Equal([4, 5], await Wait.For(pipeline.RunAsync()));
        Assert.Equal(6, generator.Next());
    }

    [Fact]
    public async Task A_generator_that_a_run_leaves_suspended_can_be_closed_afterwards()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log));

        await Wait.For(Source.From([0]).Select(_ => generator.Next()).To(Sink.ToList<int>()).RunAsync());
        Assert.Equal(["enter body"], log);
        generator.Close();

        Assert.Equal(["enter body", "body got ExchangeClosedException", "leave body"], log);
    }
}
