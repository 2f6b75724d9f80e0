namespace Sluice.Tests;

public sealed class GeneratorErrorTests
{
    [Theory]
    [InlineData("Next")]
    [InlineData("TryNext")]
    [InlineData("Send")]
    [InlineData("TrySend")]
    [InlineData("Throw")]
    [InlineData("foreach")]
    [InlineData("LINQ")]
    public void An_error_of_the_body_comes_out_of_the_step_with_its_type_and_stack(string member)
    {
        var generator = Generator.Start<string?, int>(YieldAndExplode);
        generator.Next();

        var error = Assert.Throws<FormatException>(() => generator.Use(member));

        Assert.Contains(nameof(Bodies.Explode), error.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(YieldAndExplode), error.StackTrace, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    [Fact]
    public void After_a_failure_each_step_throws_GeneratorCompletedException_with_the_failure_inside()
    {
        var generator = Generator.Start<string?, int>(YieldAndExplode);
        generator.Next();
        var failure = Assert.Throws<FormatException>(() => generator.Next());

        Assert.Same(failure, generator.AssertEnded().InnerException);
        Assert.Same(failure, Assert.Throws<GeneratorCompletedException>(() => generator.Send("x")).InnerException);
        Assert.Same(failure, Assert.Throws<GeneratorCompletedException>(() => generator.Next()).InnerException);
        Assert.False(generator.TrySend("x", out _));
        generator.Close();
        Assert.Same(failure, generator.AssertEnded().InnerException);
    }

    [Fact]
    public void A_GeneratorCompletedException_that_escapes_from_a_body_fails_it()
    {
        var other = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 0));
        var generator = Generator.Start<int>(async exchange =>
        {
            await exchange.Yield(1);
            other.Next();
        });
        generator.Next();

        var failure = Assert.Throws<InvalidOperationException>(() => generator.Next());

        Assert.Equal(0, Assert.IsType<GeneratorCompletedException>(failure.InnerException).Result);
        Assert.Same(failure, generator.AssertEnded().InnerException);
    }

    [Fact]
    public void A_GeneratorCompletedException_that_escapes_from_a_body_is_not_the_false_of_TryNext()
    {
        var other = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 0));
        var first = Generator.Start<int>(async exchange => await exchange.Yield(other.Next()));
        var second = Generator.Start<string?, int>(async exchange => await exchange.Yield(other.Next()));

        Assert.IsType<GeneratorCompletedException>(Assert.Throws<InvalidOperationException>(() => first.TryNext(out _)).InnerException);
        Assert.IsType<GeneratorCompletedException>(Assert.Throws<InvalidOperationException>(() => second.TrySend(null, out _)).InnerException);
    }

    [Fact]
    public void A_body_may_catch_the_GeneratorCompletedException_of_another_generator()
    {
        var other = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 0));
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                other.Next();
            }
            catch (GeneratorCompletedException completed)
            {
                await exchange.Yield(10 + (int)completed.Result!);
            }
        });

        Assert.Equal(10, generator.Next());
        Assert.False(generator.TryNext(out _));
    }

    private static async Coroutine YieldAndExplode(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (TimeoutException)
        {
        }

        Bodies.Explode();
    }
}
