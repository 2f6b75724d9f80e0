namespace Sluice.Tests;

/// <summary>Closing in both kinds of delegation.</summary>
public abstract class GeneratorDelegationCloseContract(Delegation kind) : DelegationContract(kind)
{
    [Fact]
    public void A_close_runs_the_inner_finally_block_before_the_outer()
    {
        var generator = Outer(Finally);
        generator.Next();

        generator.Close();

        Assert.Equal(["inner finally", "outer closed", "outer finally"], Log);
        Assert.Null(generator.AssertEnded().InnerException);
    }

    [Fact]
    public void An_inner_one_that_catches_the_close_and_returns_does_not_keep_the_outer_from_being_closed()
    {
        var generator = Outer(async inner =>
        {
            try
            {
                await inner.Yield(1);
            }
            catch (ExchangeClosedException)
            {
                Log.Add("inner closed");
            }

            return "returned";
        });
        generator.Next();

        generator.Close();

        Assert.Equal(["inner closed", "outer closed", "outer finally"], Log);
        generator.AssertEnded();
    }

    [Fact]
    public void An_outer_body_that_catches_the_close_may_return_a_result()
    {
        var generator = Generator.Start<int, int, string>(async exchange =>
        {
            try
            {
                return await Delegate(exchange, Finally);
            }
            catch (ExchangeClosedException)
            {
                return "closed in time";
            }
        });
        generator.Next();

        generator.Close();

        Assert.Equal("closed in time", generator.Result);
        Assert.Equal(["inner finally"], Log);
    }

    [Fact]
    public void An_outer_body_that_yields_when_the_inner_one_was_closed_ignores_the_close()
    {
        var generator = Generator.Start<int, int>(async exchange =>
        {
            try
            {
                await Delegate(exchange, Finally);
            }
            catch (ExchangeClosedException)
            {
                await exchange.Yield(2);
            }
        });
        generator.Next();

        Assert.Contains("ignored", Assert.Throws<InvalidOperationException>(generator.Close).Message, StringComparison.Ordinal);

        Assert.Equal(["inner finally"], Log);
        Assert.Equal(2, generator.Current);
        generator.Close();
        generator.AssertEnded();
    }

    [Fact]
    public void An_inner_one_that_fails_while_it_is_closed_raises_that_at_the_outers_await()
    {
        var first = Outer(FailWhenClosed);
        first.Next();

        // Caught there, the outer one goes on to its next Yield, which ignores the close.
        Assert.Contains("ignored", Assert.Throws<InvalidOperationException>(first.Close).Message, StringComparison.Ordinal);
        Assert.Equal(["inner finally", "outer caught", "outer finally"], Log);
        Assert.Equal(9, first.Current);

        var second = Generator.Start<int, int, string>(exchange => Delegate(exchange, FailWhenClosed));
        second.Next();
        var error = Assert.Throws<FormatException>(second.Close);
        Assert.Contains(nameof(Bodies.Explode), error.StackTrace, StringComparison.Ordinal);
        Assert.Same(error, second.AssertEnded().InnerException);
    }

    private async Coroutine<string> FailWhenClosed(Exchange<int, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
            return "not reached";
        }
        finally
        {
            Log.Add("inner finally");
            Bodies.Explode();
        }
    }

    private protected async Coroutine<string> IgnoreClose(Exchange<int, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (ExchangeClosedException)
        {
            Log.Add("inner yields again");
            await exchange.Yield(2);
            Log.Add("not reached");
        }

        return "not reached";
    }
}

public sealed class GeneratorDelegationCloseTests() : GeneratorDelegationCloseContract(Delegation.AwaitInner)
{
    [Fact]
    public void A_generator_whose_inner_coroutine_yields_again_ignores_its_close_and_waits_there()
    {
        var generator = Outer(IgnoreClose);
        generator.Next();

        var error = Assert.Throws<InvalidOperationException>(generator.Close);

        Assert.Contains("ignored", error.Message, StringComparison.Ordinal);
        Assert.Equal(["inner yields again"], Log);
        Assert.Equal(2, generator.Current);
        generator.Close();
        Assert.Equal(["inner yields again", "outer closed", "outer finally"], Log);
        generator.AssertEnded();
    }
}

public sealed class GeneratorYieldFromCloseTests() : GeneratorDelegationCloseContract(Delegation.YieldFrom)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_inner_one_that_ignores_the_close_is_an_error_at_the_outers_await(bool caught)
    {
        var generator = Generator.Start<int, int, string>(async exchange =>
        {
            try
            {
                return await Delegate(exchange, IgnoreClose);
            }
            catch (InvalidOperationException error) when (caught && error is not ExchangeClosedException)
            {
                return error.Message;
            }
            finally
            {
                Log.Add("outer finally");
            }
        });
        generator.Next();

        if (caught)
        {
            generator.Close();
            Assert.Contains("ignored", generator.Result, StringComparison.Ordinal);
        }
        else
        {
            var error = Assert.Throws<InvalidOperationException>(generator.Close);
            Assert.Contains("ignored", error.Message, StringComparison.Ordinal);
            Assert.Same(error, generator.AssertEnded().InnerException);
        }

        Assert.Equal(["inner yields again", "outer finally"], Log);
    }
}
