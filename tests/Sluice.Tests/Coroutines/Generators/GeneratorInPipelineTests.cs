namespace Sluice.Tests;

/// <summary>Generators that stages use.</summary>
public sealed class GeneratorInPipelineTests
{
    [Fact]
    public async Task A_target_started_by_hand_may_send_to_a_generator_for_each_item()
    {
        var sums = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            using var generator = Generator.Start<int, int>(RunningSum);
            generator.Next();
            await foreach (var item in inbox)
            {
                sums.Add(generator.Send(item));
            }
        });

        for (var i = 1; i <= 4; i++)
        {
            await Wait.For(target.SendAsync(i));
        }

        await Wait.For(target.CloseAsync());

        Assert.Equal([1, 3, 6, 10], sums);
    }

    [Fact]
    public async Task A_stage_may_use_a_generator_for_each_item() =>
        Assert.Equal([1, 3, 6, 10], await Collect(Source.From([1, 2, 3, 4]).Through<int>(Sums)));

    [Fact]
    public async Task Several_stages_may_use_generators_of_their_own() =>
        Assert.Equal([1, 4, 10, 20], await Collect(Source.From([1, 2, 3, 4]).Through<int>(Sums).Through<int>(Sums)));

    [Fact]
    public async Task A_generator_may_be_the_source()
    {
        var generator = Generator.Start<int>(Bodies.Count);

        Assert.Equal([1, 2, 3], await Collect(Source.From(generator).Take(3)));
        Assert.False(generator.IsCompleted);
    }

    [Fact]
    public async Task A_generator_within_a_stage_delegates_in_both_ways()
    {
        var values = await Collect(Source.From([1, 2, 3, 4, 5, 6]).Through<int>(async (items, next) =>
        {
            var generator = Generator.Start<int, int, int>(async exchange =>
            {
                var first = await Bodies.SumOf(exchange, 2);
                var second = await exchange.YieldFrom(Generator.Start<int, int, int>(inner => Bodies.SumOf(inner, 3)));
                return (100 * first) + second;
            });
            generator.Next();
            await foreach (var item in items)
            {
                if (generator.TrySend(item, out var value))
                {
                    await next.SendAsync(value);
                }
                else
                {
                    await next.SendAsync(generator.Result);
                    break;
                }
            }
        }));

        Assert.Equal([1, 0, 3, 7, 312], values);
    }

    [Fact]
    public async Task A_deep_delegation_within_a_stage_is_no_different()
    {
        var deep = new DeepGenerators("both in turn");
        var values = await Collect(Source.From(["a", "bb"]).Through<int>(async (items, next) =>
        {
            var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, async innermost => (await innermost.Yield(1))!.Length));
            await next.SendAsync(generator.Next());
            generator.TrySend(await items.ReceiveAsync(), out _);
            await next.SendAsync(generator.Result);
        }));

        Assert.Equal([1, DeepGenerators.Depth], values);
        Assert.Equal(DeepGenerators.InnermostFirst, deep.Left);
    }

    [Fact]
    public async Task A_failure_that_the_stage_catches_does_not_fail_the_run()
    {
        var log = new List<string>();
        var pipeline = Source.From([1]).To(async items =>
        {
            await items.ReceiveAsync();
            var failing = Generator.Start<int>(async exchange =>
            {
                await exchange.Yield(1);
                await FailAsync();
            });
            failing.Next();
            log.Add(Assert.Throws<FormatException>(() => failing.Next()).GetType().Name);
            var closed = Generator.Start<int>(exchange => Bodies.Noting(exchange, "closed", log));
            closed.Next();
            closed.Close();
            var thrown = Generator.Start<int>(async exchange => await exchange.YieldFrom(Generator.Start<int>(Bodies.Count)));
            thrown.Next();
            log.Add(Assert.Throws<TimeoutException>(() => thrown.Throw(new TimeoutException())).GetType().Name);
        });

        await Wait.For(pipeline.RunAsync());

        Assert.Equal(["FormatException", "enter closed", "closed got ExchangeClosedException", "leave closed", "TimeoutException"], log);

        static async Coroutine FailAsync()
        {
            await Task.CompletedTask;
            Bodies.Explode();
        }
    }

    [Fact]
    public async Task A_failure_that_the_stage_does_not_catch_fails_the_run_with_its_type_and_stack()
    {
        var pipeline = Source.From([1, 2, 3]).Through<int>(async (items, next) =>
        {
            var generator = Generator.Start<int, int>(ExplodeAtTwo);
            generator.Next();
            await foreach (var item in items)
            {
                await next.SendAsync(generator.Send(item));
            }
        }).To(Sink.ToList<int>());

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(pipeline.RunAsync()));

        Assert.Contains(nameof(Bodies.Explode), error.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(ExplodeAtTwo), error.StackTrace, StringComparison.Ordinal);
    }

    private static Task<List<int>> Collect(Source<int> source) => Wait.For(source.To(Sink.ToList<int>()).RunAsync());

    private static async Coroutine Sums(Inbox<int> items, Target<int> next)
    {
        using var generator = Generator.Start<int, int>(RunningSum);
        generator.Next();
        await foreach (var item in items)
        {
            await next.SendAsync(generator.Send(item));
        }
    }

    private static async Coroutine RunningSum(Exchange<int, int> exchange)
    {
        var sum = 0;
        while (true)
        {
            sum += await exchange.Yield(sum);
        }
    }

    private static async Coroutine ExplodeAtTwo(Exchange<int, int> exchange)
    {
        while (true)
        {
            if (await exchange.Yield(0) == 2)
            {
                Bodies.Explode();
            }
        }
    }
}
