namespace Sluice.Tests;

public sealed class GeneratorCloseTests
{
    [Fact]
    public void Close_runs_the_finally_blocks_from_the_inside_out_and_nothing_else()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                try
                {
                    await exchange.Yield(1);
                    log.Add("after the Yield");
                }
                finally
                {
                    log.Add("inner");
                }

                log.Add("after the try");
            }
            finally
            {
                log.Add("outer");
            }
        });
        generator.Next();

        generator.Close();

        Assert.Equal(["inner", "outer"], log);
        Assert.Null(generator.AssertEnded().InnerException);
        generator.Close();
        Assert.Equal(2, log.Count);
    }

    [Fact]
    public void Close_raises_an_ExchangeClosedException_at_the_Yield()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log));
        generator.Next();

        generator.Close();

        Assert.Equal(["enter body", "body got ExchangeClosedException", "leave body"], log);
    }

    [Fact]
    public void Dispose_is_Close()
    {
        var log = new List<string>();
        using (var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log)))
        {
            generator.Next();
        }

        Assert.Equal(["enter body", "body got ExchangeClosedException", "leave body"], log);
        var ignoring = Generator.Start<int>(exchange => Bodies.IgnoreClose(exchange, log));
        ignoring.Next();
        AssertIgnored(ignoring.Dispose);
        ignoring.Dispose();
        ignoring.AssertEnded();
    }

    [Fact]
    public void Close_before_the_start_ends_the_generator_and_its_body_never_runs()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log));

        generator.Close();

        Assert.Null(generator.AssertEnded().InnerException);
        Assert.Empty(log);
        generator.Close();
    }

    [Fact]
    public void Close_of_a_generator_that_has_ended_does_nothing()
    {
        var log = new List<string>();
        var ended = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1));
        var failed = Generator.Start<int>(_ => throw new FormatException());
        ended.Next();
        Assert.Throws<GeneratorCompletedException>(() => ended.Send(5));
        var failure = Assert.Throws<FormatException>(() => failed.Next());

        ended.Close();
        failed.Close();

        Assert.Equal(5, ended.Result);
        Assert.Equal(5, ended.AssertEnded().Result);
        Assert.Same(failure, failed.AssertEnded().InnerException);
        Assert.Empty(log);
    }

    [Fact]
    public void A_body_that_catches_the_close_and_returns_has_the_returned_value_as_its_Result()
    {
        var generator = Generator.Start<int, int, string>(async exchange =>
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
        generator.Next();

        generator.Close();

        Assert.Equal("closed in time", generator.Result);
        Assert.Equal("closed in time", generator.AssertEnded().Result);
    }

    [Fact]
    public void An_error_that_is_raised_while_closing_comes_out_of_Close()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            finally
            {
                Bodies.Explode("in finally");
            }
        });
        generator.Next();

        var error = Assert.Throws<FormatException>(generator.Close);

        Assert.Equal("in finally", error.Message);
        Assert.Contains(nameof(Bodies.Explode), error.StackTrace, StringComparison.Ordinal);
        Assert.Same(error, generator.AssertEnded().InnerException);
        generator.Close();
    }

    [Fact]
    public void A_GeneratorCompletedException_that_escapes_while_closing_is_an_error_too()
    {
        var other = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 0));
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            finally
            {
                other.Next();
            }
        });
        generator.Next();

        var error = Assert.Throws<InvalidOperationException>(generator.Close);

        Assert.IsType<GeneratorCompletedException>(error.InnerException);
        generator.AssertEnded();
    }

    private static void AssertIgnored(Action close) =>
        Assert.Contains("ignored", Assert.Throws<InvalidOperationException>(close).Message, StringComparison.Ordinal);
}
