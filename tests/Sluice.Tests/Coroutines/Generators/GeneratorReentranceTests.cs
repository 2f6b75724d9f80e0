namespace Sluice.Tests;

/// <summary>A generator that is used while it runs, or before it can take what is sent.</summary>
public sealed class GeneratorReentranceTests
{
    [Theory]
    [MemberData(nameof(GeneratorMembers.All), MemberType = typeof(GeneratorMembers))]
    public void A_body_that_uses_its_own_generator_gets_an_error_and_can_go_on(string member)
    {
        Generator<string?, int> generator = null!;
        var errors = new List<InvalidOperationException>();
        generator = Generator.Start<string?, int>(async exchange =>
        {
            errors.Add(Assert.Throws<InvalidOperationException>(() => generator.Use(member)));
            var sent = await exchange.Yield(1);
            errors.Add(Assert.Throws<InvalidOperationException>(() => generator.Use(member)));
            await exchange.Yield(sent == "mine" ? 2 : 0);
        });

        Assert.Equal(1, generator.Next());
        Assert.Equal(2, generator.Send("mine"));
        Assert.False(generator.TryNext(out _));

        Assert.Equal(2, errors.Count);
        Assert.All(errors, error => Assert.Contains("already executing", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(GeneratorMembers.All), MemberType = typeof(GeneratorMembers))]
    public void A_coroutine_that_the_body_awaits_cannot_use_the_generator_either(string member)
    {
        Generator<string?, int> generator = null!;
        generator = Generator.Start<string?, int>(async exchange =>
        {
            await exchange.Yield(1);
            await UseAndYield(exchange);
        });
        generator.Next();

        Assert.Equal(2, generator.Next());

        async Coroutine UseAndYield(Exchange<int> exchange)
        {
            var error = Assert.Throws<InvalidOperationException>(() => generator.Use(member));
            Assert.Contains("already executing", error.Message, StringComparison.Ordinal);
            await exchange.Yield(2);
        }
    }

    [Theory]
    [MemberData(nameof(GeneratorMembers.All), MemberType = typeof(GeneratorMembers))]
    public void A_body_that_does_not_catch_the_error_fails_with_it(string member)
    {
        Generator<string?, int> generator = null!;
        generator = Generator.Start<string?, int>(async exchange =>
        {
            await exchange.Yield(1);
            generator.Use(member);
            await exchange.Yield(2);
        });
        generator.Next();

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        Assert.Contains("already executing", error.Message, StringComparison.Ordinal);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }

    [Theory]
    [MemberData(nameof(GeneratorMembers.All), MemberType = typeof(GeneratorMembers))]
    public void Two_generators_that_step_each_other_find_the_one_that_is_executing(string member)
    {
        Generator<string?, int> first = null!;
        Generator<int> second = null!;
        first = Generator.Start<string?, int>(async exchange => await exchange.Yield(second.Next()));
        second = Generator.Start<int>(async exchange =>
        {
            var error = Assert.Throws<InvalidOperationException>(() => first.Use(member));
            Assert.Contains("already executing", error.Message, StringComparison.Ordinal);
            await exchange.Yield(7);
        });

        Assert.Equal(7, first.Next());
    }

    [Fact]
    public void A_body_may_look_at_its_generators_state_while_it_runs()
    {
        Generator<int, int, int> generator = null!;
        var log = new List<object>();
        generator = Generator.Start<int, int, int>(
            async exchange =>
            {
                log.Add(generator.Name);
                log.Add(generator.IsCompleted);
                log.Add(Assert.Throws<InvalidOperationException>(() => generator.Result).Message.Contains("has not ended", StringComparison.Ordinal));
                return await exchange.Yield(1);
            },
            "mirror");

        Assert.Equal(1, generator.Next());

        Assert.Equal(["mirror", false, true], log);
    }

    [Fact]
    public void A_finally_block_that_uses_its_generator_while_it_is_closed_gets_an_error()
    {
        Generator<int> generator = null!;
        var message = "";
        generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            finally
            {
                message = Assert.Throws<InvalidOperationException>(() => generator.Close()).Message;
            }
        });
        generator.Next();

        generator.Close();

        Assert.Contains("already executing", message, StringComparison.Ordinal);
        generator.AssertEnded();
    }

    [Fact]
    public void Sending_a_reference_to_a_generator_that_has_not_started_is_an_error_and_touches_nothing()
    {
        var log = new List<string>();
        var generator = Generator.Start<string?, int>(exchange => Bodies.Noting(exchange, "body", log));

        AssertSaysNotStarted(() => generator.Send("early"));
        AssertSaysNotStarted(() => generator.TrySend("early", out _));

        Assert.Empty(log);
        Assert.False(generator.IsCompleted);
        Assert.Equal(1, generator.Next());
        Assert.Equal(2, generator.Send("in time"));
    }

    [Fact]
    public void Sending_any_value_of_a_value_type_to_a_generator_that_has_not_started_is_an_error_and_touches_nothing()
    {
        var generator = Generator.Start<int, int>(Bodies.Echo);

        AssertSaysNotStarted(() => generator.Send(1));
        AssertSaysNotStarted(() => generator.Send(0));
        AssertSaysNotStarted(() => generator.TrySend(0, out _));

        Assert.False(generator.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => generator.Current);
        Assert.Equal(0, generator.Next());
        Assert.Equal(1, generator.Send(1));
    }

    [Fact]
    public void Sending_to_a_generator_that_ended_before_it_started_finds_it_ended()
    {
        var closed = Generator.Start<string?, int>(Bodies.Count);
        var thrown = Generator.Start<int, int>(Bodies.Count);
        closed.Close();
        Assert.Throws<TimeoutException>(() => thrown.Throw(new TimeoutException()));

        Assert.Throws<GeneratorCompletedException>(() => closed.Send("late"));
        Assert.False(closed.TrySend("late", out _));
        Assert.Throws<GeneratorCompletedException>(() => thrown.Send(1));
        Assert.False(thrown.TrySend(1, out _));
    }

    private static void AssertSaysNotStarted(Action send)
    {
        var error = Assert.Throws<InvalidOperationException>(send);
        Assert.Contains("not started", error.Message, StringComparison.Ordinal);
        Assert.Contains("Next", error.Message, StringComparison.Ordinal);
    }
}
