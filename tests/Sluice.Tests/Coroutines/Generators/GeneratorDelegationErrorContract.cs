namespace Sluice.Tests;

/// <summary>Errors in both kinds of delegation.</summary>
public abstract class GeneratorDelegationErrorContract(Delegation kind) : DelegationContract(kind)
{
    [Fact]
    public void What_is_thrown_in_is_raised_in_the_inner_one_which_may_handle_it()
    {
        var generator = Outer(async inner =>
        {
            var message = "nothing";
            try
            {
                await inner.Yield(1);
            }
            catch (TimeoutException error)
            {
                message = error.Message;
            }

            await inner.Yield(2);
            return message;
        });
        generator.Next();

        Assert.Equal(2, generator.Throw(new TimeoutException("thrown in")));

        Assert.Equal(9, generator.Next());
        Assert.Equal(["result thrown in", "outer finally"], Log);
    }

    [Fact]
    public void A_Throw_that_the_inner_one_ends_after_gives_the_outers_next_value()
    {
        var generator = Outer(async inner =>
        {
            try
            {
                await inner.Yield(1);
            }
            catch (TimeoutException)
            {
            }

            return "handled";
        });
        generator.Next();

        Assert.Equal(9, generator.Throw(new TimeoutException()));

        Assert.Equal(["result handled", "outer finally"], Log);
    }

    [Fact]
    public void An_error_that_the_inner_one_does_not_handle_can_be_caught_at_the_outers_await()
    {
        var generator = Outer(Finally);
        generator.Next();

        Assert.Equal(9, generator.Throw(new FormatException()));

        Assert.Equal(["inner finally", "outer caught", "outer finally"], Log);
        Assert.False(generator.TryNext(out _));
    }

    [Fact]
    public void An_error_that_nobody_handles_comes_out_of_Throw_itself()
    {
        var error = new TimeoutException();
        var generator = Outer(Finally);
        generator.Next();

        Assert.Same(error, Assert.Throws<TimeoutException>(() => generator.Throw(error)));

        Assert.Equal(["inner finally", "outer finally"], Log);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failure_of_the_inner_one_can_be_caught_at_the_outers_await(bool beforeTheFirstYield)
    {
        var generator = Outer(inner => YieldAndExplode(inner, beforeTheFirstYield ? 0 : 1));
        if (!beforeTheFirstYield)
        {
            Assert.Equal(1, generator.Next());
        }

        Assert.Equal(9, generator.Next());

        Assert.Equal(["outer caught", "outer finally"], Log);
    }

    [Fact]
    public void A_failure_of_the_inner_one_that_nobody_catches_keeps_its_type_and_stack()
    {
        var generator = Generator.Start<int, int, string>(exchange => Pass(exchange, middle => Pass(middle, inner => YieldAndExplode(inner, 1))));
        generator.Next();

        var error = Assert.Throws<FormatException>(() => generator.Next());

        Assert.Contains(nameof(Bodies.Explode), error.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(YieldAndExplode), error.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(Pass), error.StackTrace, StringComparison.Ordinal);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }

    [Fact]
    public void A_GeneratorCompletedException_that_escapes_from_the_inner_one_fails_the_outer_too()
    {
        var other = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 0));
        var generator = Outer(async inner => $"{await inner.Yield(1)}{other.Next()}");
        generator.Next();

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        Assert.IsType<GeneratorCompletedException>(error.InnerException);
        Assert.Equal(["outer finally"], Log);
    }

    private async Coroutine<string> Pass(Exchange<int, int> exchange, Func<Exchange<int, int>, Coroutine<string>> inner) => await Delegate(exchange, inner);

    private static async Coroutine<string> YieldAndExplode(Exchange<int, int> exchange, int yields)
    {
        for (var i = 1; i <= yields; i++)
        {
            await exchange.Yield(i);
        }

        Bodies.Explode();
        return "not reached";
    }
}

public sealed class GeneratorDelegationErrorTests() : GeneratorDelegationErrorContract(Delegation.AwaitInner);

public sealed class GeneratorYieldFromErrorTests() : GeneratorDelegationErrorContract(Delegation.YieldFrom);
