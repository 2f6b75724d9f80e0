namespace Sluice.Tests;

/// <summary>An exchange that is used when its generator is not running in it, and children that no one awaits.</summary>
public sealed class GeneratorExchangeMisuseTests
{
    private readonly List<string> _log = [];
    private Exchange<int>? _leaked;

    [Fact]
    public async Task An_exchange_that_leaked_cannot_be_used_while_its_generator_is_suspended()
    {
        var generator = Generator.Start<int>(LeakAndCount);
        generator.Next();

        await AssertRefused(_leaked!);

        Assert.Equal([2, 3], [generator.Next(), generator.Next()]);
    }

    [Fact]
    public async Task An_exchange_that_leaked_cannot_be_used_when_its_generator_has_ended_in_whatever_way()
    {
        var closed = Generator.Start<int>(LeakAndCount);
        closed.Next();
        closed.Close();
        await AssertRefused(_leaked!);

        var failed = Generator.Start<int>(LeakAndCount);
        failed.Next();
        Assert.Throws<TimeoutException>(() => failed.Throw(new TimeoutException()));
        await AssertRefused(_leaked!);

        var ended = Generator.Start<int>(exchange =>
        {
            _leaked = exchange;
            return Bodies.CountTo(exchange, 1);
        });
        Assert.Equal([1], ended);
        await AssertRefused(_leaked!);

        Assert.All([closed, failed, ended], generator => generator.AssertEnded());
    }

    [Fact]
    public void An_exchange_that_leaked_cannot_be_used_by_another_generator()
    {
        var generator = Generator.Start<int>(LeakAndCount);
        generator.Next();
        var other = Generator.Start<int>(async exchange =>
        {
            await Refused(async () => await _leaked!.Yield(7));
            await exchange.Yield(9);
        });

        Assert.Equal(9, other.Next());

        Assert.Equal(["refused"], _log);
        Assert.Equal(2, generator.Next());
    }

    [Fact]
    public void An_exchange_that_leaked_cannot_be_used_to_delegate()
    {
        var generator = Generator.Start<int>(LeakAndCount);
        generator.Next();
        var inner = Generator.Start<int>(Bodies.Count);
        var other = Generator.Start<int>(async exchange =>
        {
            await Refused(async () => await _leaked!.YieldFrom(inner));
            await Refused(async () => await _leaked!.YieldFrom([1, 2]));
            await exchange.Yield(9);
        });

        Assert.Equal(9, other.Next());

        Assert.Equal(["refused", "refused"], _log);
        Assert.Equal(2, generator.Next());
        Assert.False(inner.IsCompleted);
    }

    [Fact]
    public void Of_two_children_that_nobody_awaits_the_second_cannot_yield()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            var first = Bodies.CountTo(exchange, 2);
            var second = Bodies.CountTo(exchange, 2);
            await Refused(() => second);
            await first;
        });

        Assert.Equal([1, 2], generator);

        Assert.Equal(["refused"], _log);
    }

    [Fact]
    public void A_body_cannot_yield_while_a_child_that_nobody_awaits_waits_at_a_Yield()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            var child = Bodies.CountTo(exchange, 2);
            await Refused(async () => await exchange.Yield(9));
            await child;
        });

        Assert.Equal([1, 2], generator);

        Assert.Equal(["refused"], _log);
    }

    [Fact]
    public void A_body_that_ends_while_a_child_that_nobody_awaits_waits_at_a_Yield_fails()
    {
        var generator = Generator.Start<int, int, int>(async exchange =>
        {
            await exchange.Yield(1);
            _ = Bodies.CountTo(exchange, 2);
            return 5;
        });
        Assert.Equal(1, generator.Next());

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        Assert.Same(error, generator.AssertEnded().InnerException);
        Assert.Same(error, Assert.ThrowsAny<InvalidOperationException>(() => generator.Result).InnerException);
    }

    [Fact]
    public void A_child_that_nobody_awaits_and_that_does_not_yield_is_no_error()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            _ = Bodies.CountTo(exchange, 0);
            await exchange.Yield(1);
        });

        Assert.Equal([1], generator);
    }

    private async Coroutine LeakAndCount(Exchange<int> exchange)
    {
        _leaked = exchange;
        await Bodies.Count(exchange);
    }

    /// <summary>Awaits it in a coroutine, notes that it was refused.</summary>
    private async Coroutine Refused(Func<Coroutine> use)
    {
        try
        {
            await use();
            _log.Add("allowed");
        }
        catch (InvalidOperationException error) when (error is not ExchangeClosedException and not GeneratorCompletedException)
        {
            _log.Add("refused");
        }
    }

    /// <summary>Awaits a Yield in a coroutine outside of every generator.</summary>
    private static async Task AssertRefused(Exchange<int> exchange)
    {
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => Wait.For(AwaitInTask(Yield(exchange))));

        static async Coroutine Yield(Exchange<int> exchange) => await exchange.Yield(7);

        static async Task AwaitInTask(Coroutine coroutine) => await coroutine;
    }
}
