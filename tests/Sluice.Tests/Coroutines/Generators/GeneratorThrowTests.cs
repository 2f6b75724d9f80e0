namespace Sluice.Tests;

public sealed class GeneratorThrowTests
{
    [Fact]
    public void Throw_raises_the_error_at_the_Yield_and_gives_the_next_value()
    {
        var error = new TimeoutException();
        Exception? caught = null;
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
                caught = new InvalidOperationException("The Yield gave something.");
            }
            catch (TimeoutException raised)
            {
                caught = raised;
            }

            await exchange.Yield(2);
            await exchange.Yield(3);
        });
        generator.Next();

        Assert.Equal(2, generator.Throw(error));

        Assert.Same(error, caught);
        Assert.Equal(3, generator.Next());
    }

    [Fact]
    public void Throw_into_a_body_that_then_ends_normally_is_a_GeneratorCompletedException()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            catch (TimeoutException)
            {
            }
        });
        generator.Next();

        var completed = Assert.Throws<GeneratorCompletedException>(() => generator.Throw(new TimeoutException()));

        Assert.Null(completed.InnerException);
        Assert.Null(generator.AssertEnded().InnerException);
    }

    [Fact]
    public void Throw_into_a_body_that_does_not_handle_it_throws_the_error_itself_after_the_finally_blocks()
    {
        var log = new List<string>();
        var error = new TimeoutException();
        var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log));
        generator.Next();

        Assert.Same(error, Assert.Throws<TimeoutException>(() => generator.Throw(error)));

        Assert.Equal(["enter body", "body got TimeoutException", "leave body"], log);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }

    [Fact]
    public void Throw_gives_what_the_body_raises_instead()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            catch (TimeoutException error)
            {
                throw new FormatException("instead", error);
            }
        });
        generator.Next();
        var thrownIn = new TimeoutException();

        var instead = Assert.Throws<FormatException>(() => generator.Throw(thrownIn));

        Assert.Same(thrownIn, instead.InnerException);
        Assert.Same(instead, generator.AssertEnded().InnerException);
    }

    [Fact]
    public void Throw_before_the_start_ends_the_generator_without_running_it_and_throws_the_error()
    {
        var log = new List<string>();
        var error = new TimeoutException();
        var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log));

        Assert.Same(error, Assert.Throws<TimeoutException>(() => generator.Throw(error)));

        generator.AssertEnded();
        Assert.Empty(log);
    }

    [Fact]
    public void Throw_on_a_generator_that_has_ended_in_whatever_way_throws_the_given_error()
    {
        var ended = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 0));
        var failed = Generator.Start<int>(_ => throw new FormatException());
        var closed = Generator.Start<int>(Bodies.Count);
        Assert.False(ended.TryNext(out _));
        Assert.Throws<FormatException>(() => failed.Next());
        closed.Next();
        closed.Close();

        foreach (var generator in new[] { ended, failed, closed })
        {
            var error = new TimeoutException();
            Assert.Same(error, Assert.Throws<TimeoutException>(() => generator.Throw(error)));
            Assert.Same(error, Assert.Throws<TimeoutException>(() => generator.Throw(error)));
        }

        Assert.Equal(0, ended.Result);
        Assert.Null(ended.AssertEnded().InnerException);
        Assert.IsType<FormatException>(failed.AssertEnded().InnerException);
        Assert.Null(closed.AssertEnded().InnerException);
    }

    [Fact]
    public void Throw_of_null_is_refused_and_touches_nothing()
    {
        var generator = Generator.Start<int>(Bodies.Count);
        generator.Next();

        Assert.Throws<ArgumentNullException>("error", () => generator.Throw(null!));

        Assert.Equal(2, generator.Next());
    }
}
