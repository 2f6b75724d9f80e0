namespace Sluice.Tests;

/// <summary>The result of a generator's body, and the places that show it.</summary>
public sealed class GeneratorResultTests
{
    [Fact]
    public void Result_is_what_the_body_returned()
    {
        var generator = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 2));
        generator.Next();
        generator.Send(3);

        Assert.Throws<GeneratorCompletedException>(() => generator.Send(4));

        Assert.Equal(7, generator.Result);
        Assert.Equal(7, generator.Result);
    }

    [Fact]
    public void Result_before_the_end_is_an_error_that_says_that_it_has_not_ended()
    {
        var generator = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1));

        AssertHasNotEnded(generator);
        generator.Next();
        AssertHasNotEnded(generator);
        Assert.False(generator.TryNext(out _));

        Assert.Equal(0, generator.Result);
    }

    [Fact]
    public void GeneratorCompletedException_carries_the_result_each_time()
    {
        var generator = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1));
        generator.Next();

        var thrown = new List<GeneratorCompletedException>
        {
            Assert.Throws<GeneratorCompletedException>(() => generator.Send(5)),
            Assert.Throws<GeneratorCompletedException>(() => generator.Send(6)),
            Assert.Throws<GeneratorCompletedException>(() => generator.Next()),
            Assert.Throws<GeneratorCompletedException>(() => generator.Next()),
        };

        Assert.All(thrown, error => Assert.Equal(5, error.Result));
        Assert.All(thrown, error => Assert.Null(error.InnerException));
    }

    [Fact]
    public void The_result_of_a_body_without_one_is_null()
    {
        var plain = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 0));
        var typed = Generator.Start<int, int>(exchange => Bodies.CountTo(exchange, 0));

        Assert.Null(Assert.Throws<GeneratorCompletedException>(() => plain.Next()).Result);
        Assert.Null(Assert.Throws<GeneratorCompletedException>(() => typed.Next()).Result);
        Assert.Null(plain.AssertEnded().Result);
    }

    [Fact]
    public void A_body_that_ends_before_its_first_Yield_has_a_result_too()
    {
        var generator = Generator.Start<int, int, string>(async exchange => $"{await Bodies.SumOf(exchange, 0)}");

        Assert.Equal("0", Assert.Throws<GeneratorCompletedException>(() => generator.Next()).Result);

        Assert.Equal("0", generator.Result);
    }

    [Fact]
    public void A_Throw_that_the_body_ends_after_carries_the_result()
    {
        var generator = Generator.Start<int, int, string>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
                return "not thrown in";
            }
            catch (TimeoutException)
            {
                return "timed out";
            }
        });
        generator.Next();

        Assert.Equal("timed out", Assert.Throws<GeneratorCompletedException>(() => generator.Throw(new TimeoutException())).Result);

        Assert.Equal("timed out", generator.Result);
    }

    [Fact]
    public void The_Result_of_a_failed_generator_is_an_error_with_the_failure_inside()
    {
        var generator = Generator.Start<int, int, int>(_ => throw new FormatException());
        var failure = Assert.Throws<FormatException>(() => generator.Next());

        var error = Assert.ThrowsAny<InvalidOperationException>(() => generator.Result);

        Assert.Same(failure, error.InnerException);
        Assert.Null(generator.AssertEnded().Result);
    }

    [Fact]
    public void The_Result_of_a_closed_generator_is_an_error_that_says_so()
    {
        var suspended = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1));
        var unstarted = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1));
        suspended.Next();
        suspended.Close();
        unstarted.Close();

        foreach (var closed in new[] { suspended, unstarted })
        {
            var error = Assert.ThrowsAny<InvalidOperationException>(() => closed.Result);
            Assert.Contains("closed", error.Message, StringComparison.Ordinal);
            Assert.Null(error.InnerException);
            Assert.Null(closed.AssertEnded().Result);
        }
    }

    private static void AssertHasNotEnded(Generator<int, int, int> generator)
    {
        var error = Assert.Throws<InvalidOperationException>(() => generator.Result);
        Assert.Contains("has not ended", error.Message, StringComparison.Ordinal);
    }
}
