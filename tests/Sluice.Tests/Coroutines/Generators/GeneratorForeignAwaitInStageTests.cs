namespace Sluice.Tests;

/// <summary>A generator inside a stage cannot wait either, not even for the stage's own inbox and sends.</summary>
public sealed class GeneratorForeignAwaitInStageTests
{
    private readonly Signal _io = new();
    private readonly Signal _left = new();

    [Fact]
    public async Task A_wait_for_a_Task_is_an_error_that_the_stage_may_catch_and_go_on()
    {
        var generator = Generator.Start<int>(
            async exchange =>
            {
                try
                {
                    await exchange.Yield(1);
                    await _io.Task;
                    await exchange.Yield(2);
                }
                finally
                {
                    _left.Set();
                }
            },
            "reader");
        var messages = await Wait.For(Source.From([1, 2, 3]).Through<string>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                try
                {
                    await next.SendAsync($"{generator.Next()}");
                }
                catch (GeneratorCompletedException completed)
                {
                    await next.SendAsync(completed.InnerException!.Message);
                }
                catch (InvalidOperationException error)
                {
                    await next.SendAsync(error.Message);
                }
            }
        }).To(Sink.ToList<string>()).RunAsync());

        Assert.Equal(["1", messages[1], messages[1]], messages);
        Assert.All(["reader", "stage", "IAsyncEnumerable"], word => Assert.Contains(word, messages[1], StringComparison.Ordinal));
        Assert.False(_left.Task.IsCompleted);
        _io.Set();
        await Wait.For(_left.Task);
    }

    [Fact]
    public async Task A_wait_that_the_stage_does_not_catch_fails_the_run()
    {
        var pipeline = Source.From([1]).To(async items =>
        {
            await items.ReceiveAsync();
            Generator.Start<int>(async exchange => await _io.Task, "reader").Next();
        });

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(pipeline.RunAsync()));

        GeneratorForeignAwaitTests.AssertSaysWhatToUse(error, "reader");
    }

    [Fact]
    public async Task A_stage_may_wait_between_the_steps_of_its_generator()
    {
        var signals = Enumerable.Range(0, 3).Select(_ => new Signal()).ToArray();
        var waiting = signals.Select(_ => new Signal()).ToArray();
        var run = Source.From([0, 1, 2]).Through<int>(async (items, next) =>
        {
            using var generator = Generator.Start<int>(Bodies.Count);
            await foreach (var item in items)
            {
                waiting[item].Set();
                await signals[item].Task;
                await next.SendAsync(generator.Next());
            }
        }).To(Sink.ToList<int>()).RunAsync();

        for (var i = 0; i < signals.Length; i++)
        {
            await Wait.For(waiting[i].Task);
            signals[i].Set();
        }

        Assert.Equal([1, 2, 3], await Wait.For(run));
    }

    [Fact]
    public async Task A_generator_cannot_receive_from_its_stages_inbox()
    {
        InvalidOperationException? error = null;
        var target = Target.Start<int>(async inbox =>
        {
            var generator = Generator.Start<int>(async exchange => await exchange.Yield(await inbox.ReceiveAsync()), "reader");
            error = Assert.Throws<InvalidOperationException>(() => generator.Next());
            generator.AssertEnded();
            await Task.CompletedTask;
        });

        await Wait.For(target.Completion);

        Assert.NotNull(error);
        GeneratorForeignAwaitTests.AssertSaysWhatToUse(error, "reader");
    }

    [Fact]
    public async Task A_generator_cannot_loop_over_the_inbox_of_a_stage_in_a_pipeline()
    {
        InvalidOperationException? error = null;
        var waiting = Source.Create<int>(async (_, _) => await _io.Task);
        var run = waiting.To(async items =>
        {
            var generator = Generator.Start<int>(
                async exchange =>
                {
                    await foreach (var item in items)
                    {
                        await exchange.Yield(item);
                    }
                },
                "reader");
            error = Assert.Throws<InvalidOperationException>(() => generator.Next());
            generator.AssertEnded();
            _left.Set();
            await Task.CompletedTask;
        }).RunAsync();
        await Wait.For(_left.Task);
        _io.Set();

        await Wait.For(run);

        Assert.NotNull(error);
        GeneratorForeignAwaitTests.AssertSaysWhatToUse(error, "reader");
    }

    [Fact]
    public async Task A_send_that_completes_at_once_can_be_awaited_and_one_that_stays_pending_cannot()
    {
        var received = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                received.Add(item);
                if (item == 2)
                {
                    await _io.Task;
                }
            }
        });
        var generator = Generator.Start<int>(
            async exchange =>
            {
                try
                {
                    await target.SendAsync(1);
                    await exchange.Yield(1);
                    await target.SendAsync(2);
                    await exchange.Yield(2);
                }
                finally
                {
                    _left.Set();
                }
            },
            "sender");
        Assert.Equal(1, generator.Next());

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        GeneratorForeignAwaitTests.AssertSaysWhatToUse(error, "sender");
        Assert.Equal([1, 2], received);
        Assert.False(_left.Task.IsCompleted);
        _io.Set();
        await Wait.For(_left.Task);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }

    [Fact]
    public async Task A_pending_send_within_a_stage_is_an_error_too()
    {
        InvalidOperationException? error = null;
        var slow = Sink.Create<int>(async items =>
        {
            await foreach (var item in items)
            {
                await _io.Task;
            }
        });
        var run = Source.From([1]).Through<int>(async (items, next) =>
        {
            var item = await items.ReceiveAsync();
            var generator = Generator.Start<int>(async exchange => await next.SendAsync(item), "sender");
            error = Assert.Throws<InvalidOperationException>(() => generator.Next());
            _left.Set();
        }).To(slow).RunAsync();
        await Wait.For(_left.Task);
        _io.Set();

        await Wait.For(run);

        Assert.NotNull(error);
        GeneratorForeignAwaitTests.AssertSaysWhatToUse(error, "sender");
    }
}
