namespace Sluice.Tests;

/// <summary>Delegation by <c>await exchange.YieldFrom(generator)</c>, to a generator that also has a life of its own.</summary>
public sealed class GeneratorYieldFromTests() : GeneratorDelegationContract(Delegation.YieldFrom)
{
    [Fact]
    public void A_generator_without_a_result_yields_in_place_of_the_outer()
    {
        var inner = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 2));
        var generator = Generator.Start<int>(async exchange =>
        {
            await exchange.Yield(0);
            await exchange.YieldFrom(inner);
            await exchange.Yield(9);
        });

        Assert.Equal([0, 1, 2, 9], generator);

        Assert.True(inner.IsCompleted);
    }

    [Fact]
    public void A_generator_with_input_and_no_result_is_sent_to()
    {
        var inner = Generator.Start<int, int>(Bodies.Echo);
        var generator = Generator.Start<int, int>(async exchange => await exchange.YieldFrom(inner));

        Assert.Equal([0, 5, 0, 6], [generator.Next(), generator.Send(5), generator.Next(), generator.Send(6)]);
    }

    [Fact]
    public void The_result_is_the_value_of_the_await_also_in_a_generator_without_input()
    {
        var inner = Generator.Start<string?, int, string>(async exchange => $"<{await exchange.Yield(1)}>");
        var generator = Generator.Start<int>(async exchange =>
        {
            string result = await exchange.YieldFrom(inner);
            await exchange.Yield(result.Length);
        });

        Assert.Equal([1, 2], generator);

        Assert.Equal("<>", inner.Result);
    }

    [Fact]
    public void A_generator_that_is_partly_run_goes_on_from_where_it_is_with_a_Next()
    {
        var inner = Generator.Start<string?, int, string>(async exchange =>
        {
            var first = await exchange.Yield(1);
            var second = await exchange.Yield(2);
            return $"{first ?? "null"} {second}";
        });
        var generator = Generator.Start<string?, int, string>(async exchange => await exchange.YieldFrom(inner));
        Assert.Equal(1, inner.Next());

        Assert.Equal(2, generator.Next());
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("b"));

        Assert.Equal("null b", generator.Result);
    }

    [Fact]
    public void A_generator_that_has_completed_gives_its_result_at_once()
    {
        var inner = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1));
        inner.Next();
        Assert.False(inner.TrySend(7, out _));
        var generator = Generator.Start<int, int>(async exchange =>
        {
            await exchange.Yield(await exchange.YieldFrom(inner));
            await exchange.Yield(await exchange.YieldFrom(inner));
        });

        Assert.Equal([7, 7], generator);
    }

    [Fact]
    public void After_the_delegation_the_inner_generators_state_can_be_seen()
    {
        var inner = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1));
        var generator = Generator.Start<int, int>(async exchange =>
        {
            await exchange.YieldFrom(inner);
            await exchange.Yield(9);
        });
        generator.Next();
        Assert.False(inner.IsCompleted);
        Assert.Equal(0, inner.Current);

        Assert.Equal(9, generator.Send(5));

        Assert.Equal(5, inner.Result);
        Assert.Equal(5, inner.AssertEnded().Result);
        Assert.False(generator.IsCompleted);
    }

    [Fact]
    public void A_failed_inner_generator_keeps_its_failure()
    {
        var inner = Generator.Start<int>(_ => throw new FormatException());
        Exception? caught = null;
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.YieldFrom(inner);
            }
            catch (FormatException error)
            {
                caught = error;
            }

            await exchange.Yield(9);
        });

        Assert.Equal(9, generator.Next());

        Assert.NotNull(caught);
        Assert.Same(caught, inner.AssertEnded().InnerException);
    }

    [Fact]
    public void A_close_closes_the_inner_generator_with_an_exception_of_its_own()
    {
        var raised = new List<Exception>();
        var inner = Generator.Start<int>(exchange => Watch(async () => await exchange.Yield(1)));
        var generator = Generator.Start<int>(exchange => Watch(async () =>
        {
            await exchange.YieldFrom(inner);
        }));
        generator.Next();

        generator.Close();

        Assert.Equal(2, raised.Count);
        Assert.All(raised, error => Assert.IsType<ExchangeClosedException>(error));
        Assert.NotSame(raised[0], raised[1]);
        inner.AssertEnded();
        generator.AssertEnded();

        async Coroutine Watch(Func<Coroutine> body)
        {
            try
            {
                await body();
            }
            catch (Exception error)
            {
                raised.Add(error);
                throw;
            }
        }
    }

    [Fact]
    public void What_the_inner_generator_returns_when_it_is_closed_is_its_Result()
    {
        var inner = Generator.Start<int, int, string>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
                return "not closed";
            }
            catch (ExchangeClosedException)
            {
                return "closed in time";
            }
        });
        var generator = Generator.Start<int, int, string>(exchange => exchange.YieldFrom(inner));
        generator.Next();

        generator.Close();

        Assert.Equal("closed in time", inner.Result);
        Assert.Contains("closed", Assert.ThrowsAny<InvalidOperationException>(() => generator.Result).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generator_may_be_delegated_to_from_a_coroutine_that_was_given_the_exchange()
    {
        var generator = Generator.Start<int, int, int>(async exchange => 100 + await Inner(exchange));

        Assert.Equal([0, 3], [generator.Next(), generator.Send(3)]);
        Assert.False(generator.TrySend(4, out _));
        Assert.Equal(107, generator.Result);

        static async Coroutine<int> Inner(Exchange<int> exchange) =>
            await exchange.YieldFrom(Generator.Start<int, int, int>(inner => Bodies.SumOf(inner, 2)));
    }

    [Fact]
    public void Both_kinds_of_delegation_may_be_mixed()
    {
        var generator = Generator.Start<int, int, int>(async outer => 1_000 + await Add100(outer));

        Assert.Equal([0, 1, 3], [generator.Next(), generator.Send(1), generator.Send(2)]);
        Assert.False(generator.TrySend(3, out _));
        Assert.Equal(1_116, generator.Result);

        static async Coroutine<int> Add100(Exchange<int, int> exchange) =>
            100 + await exchange.YieldFrom(Generator.Start<int, int, int>(async inner => 10 + await Bodies.SumOf(inner, 3)));
    }
}
