namespace Sluice.Tests;

/// <summary>Delegation by <c>await Inner(exchange)</c>: a coroutine that takes over the exchange.</summary>
public sealed class GeneratorDelegationTests() : GeneratorDelegationContract(Delegation.AwaitInner)
{
    [Fact]
    public void An_inner_coroutine_without_a_result_takes_the_exchange_over()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            await exchange.Yield(0);
            await Bodies.CountTo(exchange, 2);
            await Bodies.CountTo(exchange, 0);
            await Bodies.CountTo(exchange, 1);
            await exchange.Yield(9);
        });

        Assert.Equal([0, 1, 2, 1, 9], generator);
    }

    [Fact]
    public void An_inner_coroutine_without_input_drops_what_is_sent()
    {
        var generator = Generator.Start<string?, int, string>(async exchange =>
        {
            await Bodies.CountTo(exchange, 3);
            return $"{await exchange.Yield(9)}";
        });

        Assert.Equal(1, generator.Next());
        Assert.Equal(2, generator.Send("dropped"));
        Assert.True(generator.TrySend("dropped too", out var third));
        Assert.Equal(3, third);
        Assert.Equal(9, generator.Send("and dropped"));
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("taken"));
        Assert.Equal("taken", generator.Result);
    }

    [Fact]
    public void A_body_without_input_can_be_the_body_of_a_generator_with_input()
    {
        var generator = Generator.Start<string?, int>(Bodies.Count);

        Assert.Equal([1, 2, 3], [generator.Next(), generator.Send("dropped"), generator.Next()]);
    }

    [Fact]
    public void An_exchange_with_input_can_be_used_as_one_without()
    {
        var generator = Generator.Start<string?, int, string>(async exchange =>
        {
            Exchange<int> plain = exchange;
            await plain.Yield(1);
            return $"{await exchange.Yield(2)}";
        });

        Assert.Equal(1, generator.Next());
        Assert.Equal(2, generator.Send("dropped"));
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("taken"));
        Assert.Equal("taken", generator.Result);
    }

    [Fact]
    public void An_error_thrown_into_an_inner_coroutine_without_input_is_raised_there()
    {
        var log = new List<string>();
        var generator = Generator.Start<string?, int>(async exchange =>
        {
            try
            {
                await Bodies.Noting(exchange, "inner", log);
            }
            catch (TimeoutException)
            {
                log.Add("caught");
            }

            log.Add($"{await exchange.Yield(9)}");
        });
        generator.Next();

        Assert.Equal(9, generator.Throw(new TimeoutException()));
        Assert.False(generator.TrySend("taken", out _));

        Assert.Equal(["enter inner", "inner got TimeoutException", "leave inner", "caught", "taken"], log);
    }

    [Fact]
    public void An_inner_coroutine_may_be_started_before_it_is_awaited()
    {
        var log = new List<string>();
        var generator = Generator.Start<int, int, int>(async exchange =>
        {
            var sum = Bodies.SumOf(exchange, 2);
            log.Add("called");
            return await sum;
        });

        Assert.Equal(0, generator.Next());
        Assert.Equal(["called"], log);
        Assert.Equal(3, generator.Send(3));
        Assert.Throws<GeneratorCompletedException>(() => generator.Send(4));
        Assert.Equal(7, generator.Result);
    }

    [Fact]
    public void A_coroutine_that_yields_nothing_may_be_awaited_anywhere()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            await exchange.Yield(await Double(1));
            await exchange.Yield(await Double(await Double(1)));
        });

        Assert.Equal([2, 4], generator);

        static async Coroutine<int> Double(int value)
        {
            await Task.CompletedTask;
            return 2 * value;
        }
    }

    [Fact]
    public void A_body_may_hand_the_exchange_on_without_being_a_coroutine_itself()
    {
        var generator = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1), "handed on");

        Assert.Equal(0, generator.Next());
        Assert.False(generator.TrySend(4, out _));
        Assert.Equal(4, generator.Result);
    }
}
