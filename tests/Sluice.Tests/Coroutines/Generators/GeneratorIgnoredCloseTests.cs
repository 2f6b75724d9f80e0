namespace Sluice.Tests;

/// <summary>Bodies that yield again when they are closed.</summary>
public sealed class GeneratorIgnoredCloseTests
{
    [Fact]
    public void A_body_that_ignores_the_close_stays_suspended_at_its_Yield_and_can_be_used()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            catch (ExchangeClosedException)
            {
                log.Add("ignored");
            }

            await exchange.Yield(2);
            await exchange.Yield(3);
        });
        generator.Next();

        AssertIgnored(generator.Close);

        Assert.Equal(["ignored"], log);
        Assert.False(generator.IsCompleted);
        Assert.Equal(2, generator.Current);
        Assert.Equal(3, generator.Next());
        generator.Close();
        generator.AssertEnded();
    }

    [Fact]
    public void A_body_that_ignored_a_close_takes_values_and_errors()
    {
        var generator = Generator.Start<int, int>(async exchange =>
        {
            var at = 1;
            while (true)
            {
                try
                {
                    at = await exchange.Yield(at);
                }
                catch (Exception error) when (error is ExchangeClosedException or FormatException)
                {
                    at = error is FormatException ? 99 : -1;
                }
            }
        });
        generator.Next();

        for (var i = 0; i < 3; i++)
        {
            AssertIgnored(generator.Close);
            Assert.Equal(-1, generator.Current);
            Assert.Equal(5, generator.Send(5));
            Assert.Equal(99, generator.Throw(new FormatException()));
        }

        Assert.Throws<TimeoutException>(() => generator.Throw(new TimeoutException()));
        generator.Close();
    }

    [Fact]
    public void A_body_that_ignored_a_close_can_be_closed_again()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(exchange => Bodies.IgnoreClose(exchange, log));
        generator.Next();
        AssertIgnored(generator.Close);

        generator.Close();

        Assert.Null(generator.AssertEnded().InnerException);
    }

    [Fact]
    public void A_finally_block_that_yields_ignores_the_close()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            finally
            {
                await exchange.Yield(2);
                log.Add("after the second Yield");
            }
        });
        generator.Next();

        AssertIgnored(generator.Close);
        Assert.Equal(2, generator.Current);
        generator.Close();

        Assert.Empty(log);
        generator.AssertEnded();
    }

    private static void AssertIgnored(Action close) =>
        Assert.Contains("ignored", Assert.Throws<InvalidOperationException>(close).Message, StringComparison.Ordinal);
}
