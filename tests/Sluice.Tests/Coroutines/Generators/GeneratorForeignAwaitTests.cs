namespace Sluice.Tests;

/// <summary>A generator cannot wait: what it awaits must be complete, or it ends with an error that says so.</summary>
public sealed class GeneratorForeignAwaitTests
{
    private readonly Signal _io = new();

    [Theory]
    [InlineData("Next")]
    [InlineData("TryNext")]
    [InlineData("Send")]
    [InlineData("TrySend")]
    [InlineData("Throw")]
    [InlineData("Close")]
    [InlineData("Dispose")]
    [InlineData("foreach")]
    [InlineData("LINQ")]
    public void A_step_that_would_have_to_wait_for_a_Task_is_an_error_and_the_end(string member)
    {
        var generator = Generator.Start<string?, int>(
            async exchange =>
            {
                try
                {
                    await exchange.Yield(1);
                }
                catch (TimeoutException)
                {
                }
                finally
                {
                    await _io.Task;
                }

                await exchange.Yield(2);
            },
            "reader");
        generator.Next();

        var error = Assert.Throws<InvalidOperationException>(() => generator.Use(member));

        AssertSaysWhatToUse(error, "reader");
        Assert.Same(error, generator.AssertEnded().InnerException);
        Assert.False(generator.TrySend("x", out _));
        Assert.Same(error, Assert.Throws<GeneratorCompletedException>(() => generator.Send("x")).InnerException);
        generator.Close();
    }

    [Fact]
    public void A_first_step_that_would_have_to_wait_is_an_error_too()
    {
        var generator = Generator.Start<int, int, int>(
            async exchange =>
            {
                await _io.Task;
                return await exchange.Yield(1);
            },
            "reader");

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        AssertSaysWhatToUse(error, "reader");
        Assert.Same(error, Assert.ThrowsAny<InvalidOperationException>(() => generator.Result).InnerException);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }

    [Theory]
    [InlineData("Task")]
    [InlineData("Task with a result")]
    [InlineData("ValueTask")]
    [InlineData("ConfigureAwait(false)")]
    [InlineData("Task.Yield")]
    [InlineData("custom awaiter")]
    public void No_foreign_await_can_be_waited_for(string kind)
    {
        var source = new TaskCompletionSource<int>();
        var generator = Generator.Start<int>(
            async exchange =>
            {
                switch (kind)
                {
                    case "Task":
                        await (Task)source.Task;
                        break;
                    case "Task with a result":
                        await exchange.Yield(await source.Task);
                        break;
                    case "ValueTask":
                        await new ValueTask<int>(source.Task);
                        break;
                    case "ConfigureAwait(false)":
                        await source.Task.ConfigureAwait(false);
                        break;
                    case "Task.Yield":
                        await Task.Yield();
                        break;
                    default:
                        await new Manual();
                        break;
                }
            },
            "reader");

        AssertSaysWhatToUse(Assert.Throws<InvalidOperationException>(() => generator.Next()), "reader");

        generator.AssertEnded();
    }

    [Fact]
    public void A_Task_that_has_completed_can_be_awaited()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            await Task.CompletedTask;
            await exchange.Yield(await Task.FromResult(1));
            await exchange.Yield(await new ValueTask<int>(2));
            await Task.WhenAll(Task.CompletedTask, Task.FromResult(3)).ConfigureAwait(false);
            await _io.Task;
            await exchange.Yield(3);
        });
        _io.Set();

        Assert.Equal([1, 2, 3], generator);
    }

    [Fact]
    public void A_Task_that_has_failed_or_was_cancelled_raises_that_at_its_await()
    {
        var failure = new FormatException();
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await Task.FromCanceled(new CancellationToken(true));
            }
            catch (OperationCanceledException)
            {
                await exchange.Yield(1);
            }

            await Task.FromException(failure);
        });
        Assert.Equal(1, generator.Next());

        Assert.Same(failure, Assert.Throws<FormatException>(() => generator.Next()));
    }

    [Fact]
    public void A_wait_of_an_inner_coroutine_is_the_generators()
    {
        var generator = Generator.Start<int>(async exchange => await Inner(exchange), "outer");

        var error = Assert.Throws<InvalidOperationException>(() => generator.Next());

        AssertSaysWhatToUse(error, "outer");
        Assert.Same(error, generator.AssertEnded().InnerException);

        async Coroutine Inner(Exchange<int> exchange)
        {
            await _io.Task;
            await exchange.Yield(1);
        }
    }

    [Fact]
    public void A_wait_of_an_inner_generator_ends_that_and_can_be_caught_at_the_YieldFrom()
    {
        var inner = Generator.Start<int>(async exchange => await _io.Task, "inner one");
        InvalidOperationException? caught = null;
        var outer = Generator.Start<int>(
            async exchange =>
            {
                try
                {
                    await exchange.YieldFrom(inner);
                }
                catch (InvalidOperationException error)
                {
                    caught = error;
                }

                await exchange.Yield(9);
            },
            "outer");

        Assert.Equal(9, outer.Next());

        Assert.NotNull(caught);
        AssertSaysWhatToUse(caught, "inner one");
        Assert.Same(caught, inner.AssertEnded().InnerException);
        Assert.False(outer.TryNext(out _));
    }

    internal static void AssertSaysWhatToUse(Exception error, string name)
    {
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("stage", error.Message, StringComparison.Ordinal);
        Assert.Contains("IAsyncEnumerable", error.Message, StringComparison.Ordinal);
    }
}
