namespace Sluice.Tests;

/// <summary>A generator that is delegated to and used by something else at the same time.</summary>
public sealed class GeneratorYieldFromSharedTests
{
    [Theory]
    [MemberData(nameof(GeneratorMembers.All), MemberType = typeof(GeneratorMembers))]
    public void Using_a_generator_that_is_delegated_to_is_an_error_that_names_who_delegates_and_touches_nothing(string member)
    {
        var inner = Generator.Start<string?, int>(exchange => Bodies.CountTo(exchange, 2));
        var outer = Generator.Start<string?, int>(exchange => exchange.YieldFrom(inner), "the outer one");
        Assert.Equal(1, outer.Next());

        var error = Assert.Throws<InvalidOperationException>(() => inner.Use(member));

        Assert.Contains("the outer one", error.Message, StringComparison.Ordinal);
        Assert.False(inner.IsCompleted);
        Assert.Equal(2, outer.Next());
        Assert.False(outer.TryNext(out _));
        inner.AssertEnded();
    }

    [Theory]
    [MemberData(nameof(GeneratorMembers.All), MemberType = typeof(GeneratorMembers))]
    public void While_a_delegation_runs_neither_generator_can_be_used(string member)
    {
        Generator<string?, int> outer = null!;
        Generator<string?, int> inner = null!;
        var errors = new List<InvalidOperationException>();
        inner = Generator.Start<string?, int>(async exchange =>
        {
            await exchange.Yield(1);
            errors.Add(Assert.Throws<InvalidOperationException>(() => outer.Use(member)));
            errors.Add(Assert.Throws<InvalidOperationException>(() => inner.Use(member)));
            await exchange.Yield(2);
        });
        outer = Generator.Start<string?, int>(exchange => exchange.YieldFrom(inner));
        outer.Next();

        Assert.Equal(2, outer.Next());

        Assert.Equal(2, errors.Count);
        Assert.Contains("already executing", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_an_ignored_close_the_inner_generator_is_free_again()
    {
        var log = new List<string>();
        var inner = Generator.Start<int>(exchange => Bodies.IgnoreClose(exchange, log));
        var outer = Generator.Start<int>(exchange => exchange.YieldFrom(inner));
        outer.Next();

        Assert.Contains("ignored", Assert.Throws<InvalidOperationException>(outer.Close).Message, StringComparison.Ordinal);

        outer.AssertEnded();
        Assert.False(inner.IsCompleted);
        Assert.Equal(2, inner.Current);
        inner.Close();
        inner.AssertEnded();
    }

    [Fact]
    public void Delegating_to_a_generator_that_is_delegated_to_is_an_error_at_the_YieldFrom()
    {
        var inner = Generator.Start<int>(Bodies.Count);
        var first = Generator.Start<int>(exchange => exchange.YieldFrom(inner));
        var second = Generator.Start<int>(exchange => CatchAndYield9(exchange, inner));
        Assert.Equal(1, first.Next());

        Assert.Equal(9, second.Next());

        Assert.Equal(2, first.Next());
        Assert.False(second.TryNext(out _));
        Assert.Equal(3, first.Next());
    }

    [Fact]
    public void Delegating_to_oneself_is_an_error_at_the_YieldFrom()
    {
        Generator<int> generator = null!;
        generator = Generator.Start<int>(exchange => CatchAndYield9(exchange, generator));

        Assert.Equal(9, generator.Next());
        Assert.False(generator.TryNext(out _));
    }

    [Fact]
    public void A_cycle_of_delegations_is_an_error_at_the_YieldFrom_that_closes_it()
    {
        Generator<int> first = null!;
        Generator<int> third = null!;
        third = Generator.Start<int>(exchange => CatchAndYield9(exchange, first));
        var second = Generator.Start<int>(exchange => exchange.YieldFrom(third));
        first = Generator.Start<int>(exchange => exchange.YieldFrom(second));

        Assert.Equal(9, first.Next());
        Assert.False(first.TryNext(out _));

        Assert.All([first, second, third], generator => generator.AssertEnded());
    }

    [Fact]
    public void Delegating_to_a_generator_that_is_executing_is_an_error_at_the_YieldFrom()
    {
        Generator<int> executing = null!;
        var other = Generator.Start<int>(exchange => CatchAndYield9(exchange, executing));
        executing = Generator.Start<int>(async exchange => await exchange.Yield(other.Next()));

        Assert.Equal(9, executing.Next());
        Assert.False(other.TryNext(out _));
    }

    [Fact]
    public void A_misuse_that_the_body_does_not_catch_fails_it()
    {
        Generator<int> generator = null!;
        generator = Generator.Start<int>(exchange => exchange.YieldFrom(generator));

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        Assert.Same(error, generator.AssertEnded().InnerException);
    }

    [Fact]
    public void A_generator_may_serve_one_delegation_after_another()
    {
        var inner = Generator.Start<int, int>(async exchange =>
        {
            while (true)
            {
                try
                {
                    await exchange.Yield(1);
                }
                catch (ExchangeClosedException)
                {
                }
            }
        });
        for (var i = 0; i < 3; i++)
        {
            var outer = Generator.Start<int>(exchange => exchange.YieldFrom(inner));
            Assert.Equal(1, outer.Next());
            Assert.Throws<InvalidOperationException>(() => inner.Next());
            Assert.Throws<InvalidOperationException>(outer.Close);
            Assert.Equal(1, inner.Next());
        }
    }

    [Fact]
    public void Nothing_is_an_error_to_delegate_to()
    {
        var first = Generator.Start<int>(exchange => exchange.YieldFrom((Generator<int>)null!));
        var second = Generator.Start<int, int>(async exchange => await exchange.YieldFrom((Generator<int, int, int>)null!));
        var third = Generator.Start<int, int>(exchange => exchange.YieldFrom((IEnumerable<int>)null!));

        Assert.All([first, second, third], generator => Assert.Throws<ArgumentNullException>(() => generator.Next()));
    }

    private static async Coroutine CatchAndYield9(Exchange<int> exchange, Generator<int> inner)
    {
        try
        {
            await exchange.YieldFrom(inner);
        }
        catch (InvalidOperationException error) when (error is not ExchangeClosedException and not GeneratorCompletedException)
        {
            await exchange.Yield(9);
        }
    }
}
