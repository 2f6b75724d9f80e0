namespace Sluice.Tests;

/// <summary>The contract of both kinds of delegation.</summary>
public abstract class GeneratorDelegationContract(Delegation kind) : DelegationContract(kind)
{
    [Fact]
    public void The_inner_one_yields_and_is_sent_to_in_place_of_the_outer_and_gives_back_its_result()
    {
        var generator = Generator.Start<int, int, string>(async exchange =>
        {
            var before = await exchange.Yield(100);
            var sum = await Delegate(exchange, inner => Bodies.SumOf(inner, 3));
            var after = await exchange.Yield(200);
            return $"{before} {sum} {after}";
        });

        Assert.Equal(100, generator.Next());
        Assert.Equal([0, 1, 3], [generator.Send(9), generator.Send(1), generator.Send(2)]);
        Assert.Equal(200, generator.Send(3));
        Assert.Throws<GeneratorCompletedException>(() => generator.Send(8));

        Assert.Equal("9 6 8", generator.Result);
    }

    [Fact]
    public void Next_gives_the_inner_one_the_default()
    {
        var seen = new List<string?>();
        var generator = Generator.Start<string?, int, int>(exchange => Delegate(exchange, async inner =>
        {
            seen.Add(await inner.Yield(1));
            seen.Add(await inner.Yield(2));
            seen.Add(await inner.Yield(3));
            return 0;
        }));

        generator.Next();
        generator.Send("a");
        generator.Next();
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("b"));

        Assert.Equal(["a", null, "b"], seen);
    }

    [Fact]
    public void The_outer_generator_shows_the_inner_ones_values_and_its_own_state()
    {
        var generator = Generator.Start<int, int, int>(exchange => Delegate(exchange, inner => Bodies.SumOf(inner, 2)));

        Assert.Throws<InvalidOperationException>(() => generator.Send(1));
        Assert.Equal(0, generator.Next());
        Assert.Equal(5, generator.Send(5));
        Assert.Equal(5, generator.Current);
        Assert.False(generator.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => generator.Result);
        Assert.False(generator.TrySend(6, out _));

        Assert.Equal(11, generator.Result);
        Assert.Equal(11, generator.AssertEnded().Result);
    }

    [Fact]
    public void An_inner_one_that_ends_before_its_first_Yield_gives_its_result_at_once()
    {
        var generator = Generator.Start<int, int>(async exchange =>
        {
            var sum = 0;
            for (var i = 0; i < 1_000; i++)
            {
                sum += await Delegate(exchange, async inner => 1 + await Bodies.SumOf(inner, 0));
            }

            await exchange.Yield(sum);
        });

        Assert.Equal(1_000, generator.Next());
    }

    [Fact]
    public void One_delegation_may_follow_another()
    {
        var generator = Generator.Start<int, int>(async exchange =>
        {
            while (true)
            {
                await exchange.Yield(1_000 + await Delegate(exchange, inner => Bodies.SumOf(inner, 1)));
            }
        });

        Assert.Equal(0, generator.Next());
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(1_000 + i, generator.Send(i));
            Assert.Equal(0, generator.Next());
        }
    }

    [Fact]
    public void Three_levels_pass_on_values_results_and_ends()
    {
        var log = new List<string>();
        var generator = Generator.Start<string?, int, string>(exchange => Level(exchange, 3, log));

        Assert.Equal(0, generator.Next());
        Assert.Equal(["enter 3", "enter 2", "enter 1", "enter 0"], log);
        Assert.Equal(1, generator.Send("a"));
        Assert.Equal(2, generator.Send("b"));
        Assert.Equal(3, generator.Send("c"));
        Assert.Equal(["leave 0", "leave 1", "leave 2"], log[4..]);
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("d"));

        Assert.Equal("abcd", generator.Result);
        Assert.Equal("leave 3", log[^1]);
    }

    [Fact]
    public void A_tree_is_walked_by_recursion()
    {
        var generator = Generator.Start<int, int, int>(exchange => Walk(exchange, 1));

        Assert.Equal([8, 4, 9, 2, 10, 5, 11, 1, 12, 6, 13, 3, 14, 7, 15], generator);

        Assert.Equal(15, generator.Result);
    }

    [Fact]
    public void A_close_runs_the_finally_blocks_of_three_levels_from_the_inside_out()
    {
        var log = new List<string>();
        var generator = Generator.Start<string?, int, string>(exchange => Level(exchange, 3, log));
        generator.Next();

        generator.Close();

        Assert.Equal(["leave 0", "leave 1", "leave 2", "leave 3"], log[4..]);
        Assert.Null(generator.AssertEnded().InnerException);
        Assert.Contains("closed", Assert.ThrowsAny<InvalidOperationException>(() => generator.Result).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_close_raises_ExchangeClosedException_at_each_level()
    {
        var raised = new List<string>();
        var generator = Generator.Start<int, int, int>(exchange => Delegate(exchange, middle => Catching(middle, "middle", inner => Catching(inner, "inner", null))));
        generator.Next();

        generator.Close();

        Assert.Equal(["inner ExchangeClosedException", "middle ExchangeClosedException"], raised);

        async Coroutine<int> Catching(Exchange<int, int> exchange, string name, Func<Exchange<int, int>, Coroutine<int>>? deeper)
        {
            try
            {
                return deeper is null ? await exchange.Yield(1) : await Delegate(exchange, deeper);
            }
            catch (Exception error)
            {
                raised.Add($"{name} {error.GetType().Name}");
                throw;
            }
        }
    }

    [Fact]
    public void A_close_ends_a_generator_whose_first_step_already_delegates()
    {
        var log = new List<string>();
        var unstarted = Generator.Start<string?, int, string>(exchange => Level(exchange, 3, log));

        unstarted.Close();

        Assert.Empty(log);
        unstarted.AssertEnded();
    }

    private async Coroutine<string> Level(Exchange<string?, int> exchange, int level, List<string> log)
    {
        log.Add($"enter {level}");
        try
        {
            var below = level > 0 ? await Delegate(exchange, inner => Level(inner, level - 1, log)) : "";
            return below + await exchange.Yield(level);
        }
        finally
        {
            log.Add($"leave {level}");
        }
    }

    private async Coroutine<int> Walk(Exchange<int, int> exchange, int node)
    {
        if (node >= 16)
        {
            return 0;
        }

        var left = await Delegate(exchange, inner => Walk(inner, 2 * node));
        await exchange.Yield(node);
        return 1 + left + await Delegate(exchange, inner => Walk(inner, (2 * node) + 1));
    }
}
