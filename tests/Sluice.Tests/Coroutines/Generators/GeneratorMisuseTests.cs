namespace Sluice.Tests;

public sealed class GeneratorMisuseTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void A_method_that_returns_a_Task_cannot_yield()
    {
        var generator = Generator.Start<int, int>(async exchange =>
        {
            _log.Add(await InTask(exchange));
            _log.Add(await InValueTask(exchange));
            await exchange.Yield(9);
        });

        Assert.Equal(9, generator.Next());

        Assert.All(_log, message => Assert.Contains(nameof(Coroutine), message, StringComparison.Ordinal));
        Assert.Equal(2, _log.Count);
        Assert.False(generator.TryNext(out _));

        static async Task<string> InTask(Exchange<int, int> exchange)
        {
            try
            {
                return $"It gave {await exchange.Yield(1)}.";
            }
            catch (InvalidOperationException error)
            {
                return error.Message;
            }
        }

        static async ValueTask<string> InValueTask(Exchange<int> exchange)
        {
            try
            {
                await exchange.Yield(1);
                return "It yielded.";
            }
            catch (InvalidOperationException error)
            {
                return error.Message;
            }
        }
    }

    [Fact]
    public void A_Task_method_that_yields_and_catches_nothing_fails_its_generator()
    {
        var generator = Generator.Start<int>(async exchange => await InTask(exchange));

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        Assert.Contains(nameof(Coroutine), error.Message, StringComparison.Ordinal);
        Assert.Same(error, generator.AssertEnded().InnerException);

        static async Task InTask(Exchange<int> exchange) => await exchange.Yield(1);
    }

    [Fact]
    public void No_body_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("body", () => Generator.Start<int>(null!));
        Assert.Throws<ArgumentNullException>("body", () => Generator.Start<int, int>(null!));
        Assert.Throws<ArgumentNullException>("body", () => Generator.Start<int, int, int>(null!));
    }

    [Fact]
    public void A_body_that_returns_null_is_an_error_out_of_the_first_Next()
    {
        var plain = Generator.Start<int>(_ => null!);
        var typed = Generator.Start<int, int>(_ => null!);
        var withResult = Generator.Start<int, int, int>(_ => null!);

        foreach (var generator in new[] { plain, typed, withResult })
        {
            var error = Assert.Throws<InvalidOperationException>(() => generator.Next());
            Assert.Same(error, generator.AssertEnded().InnerException);
        }
    }

    [Fact]
    public void A_body_that_throws_before_it_is_a_coroutine_throws_out_of_the_first_Next()
    {
        var failure = new FormatException();
        var plain = Generator.Start<int>(_ => throw failure);
        var typed = Generator.Start<int, int>(_ => throw failure);
        var withResult = Generator.Start<int, int, int>(_ =>
        {
            Bodies.Explode();
            return null!;
        });

        Assert.Same(failure, Assert.Throws<FormatException>(() => plain.Next()));
        Assert.Same(failure, Assert.Throws<FormatException>(() => typed.TryNext(out _)));
        Assert.Contains(nameof(Bodies.Explode), Assert.Throws<FormatException>(() => withResult.Next()).StackTrace, StringComparison.Ordinal);
        Assert.All([plain, typed, withResult], generator => Assert.IsType<FormatException>(generator.AssertEnded().InnerException));
    }
}
