namespace Sluice.Tests;

/// <summary>A body that waits, after its generator has ended because of that.</summary>
public sealed class GeneratorBackgroundTests
{
    private readonly Signal _io = new();
    private readonly Signal _left = new();

    [Fact]
    public async Task The_body_goes_on_when_its_wait_is_over_and_the_next_Yield_raises_an_error_so_that_finally_blocks_run()
    {
        Exception? raised = null;
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await _io.Task;
                await exchange.Yield(1);
            }
            catch (Exception error)
            {
                raised = error;
                throw;
            }
            finally
            {
                _left.Set();
            }
        });
        var failure = Assert.Throws<InvalidOperationException>(() => generator.Next());
        Assert.False(_left.Task.IsCompleted);

        _io.Set();
        await Wait.For(_left.Task);

        Assert.IsType<ExchangeClosedException>(raised);
        Assert.Same(failure, generator.AssertEnded().InnerException);
    }

    [Fact]
    public async Task The_finally_blocks_of_all_nested_coroutines_run()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await Inner(exchange);
            }
            finally
            {
                log.Add("outer");
                _left.Set();
            }
        });
        Assert.Throws<InvalidOperationException>(() => generator.Next());

        _io.Set();
        await Wait.For(_left.Task);

        Assert.Equal(["inner", "outer"], log);

        async Coroutine Inner(Exchange<int> exchange)
        {
            try
            {
                await _io.Task;
                await exchange.Yield(1);
                log.Add("not reached");
            }
            finally
            {
                log.Add("inner");
            }
        }
    }

    [Fact]
    public async Task An_error_of_what_it_waited_for_is_raised_in_the_body()
    {
        Exception? raised = null;
        var failure = new FormatException();
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await _io.Task;
            }
            catch (FormatException error)
            {
                raised = error;
            }
            finally
            {
                _left.Set();
            }
        });
        var waited = Assert.Throws<InvalidOperationException>(() => generator.Next());

        _io.Fail(failure);
        await Wait.For(_left.Task);

        Assert.Same(failure, raised);
        Assert.Same(waited, generator.AssertEnded().InnerException);
    }

    [Fact]
    public async Task A_body_that_returns_later_changes_nothing()
    {
        var generator = Generator.Start<int, int, int>(async exchange =>
        {
            await exchange.Yield(1);
            await _io.Task;
            _left.Set();
            return 5;
        });
        generator.Next();
        var failure = Assert.Throws<InvalidOperationException>(() => generator.Next());

        _io.Set();
        await Wait.For(_left.Task);

        Assert.Same(failure, Assert.ThrowsAny<InvalidOperationException>(() => generator.Result).InnerException);
        Assert.Null(generator.AssertEnded().Result);
    }

    [Fact]
    public async Task A_body_that_catches_the_error_of_its_Yield_gets_it_again_at_the_next()
    {
        var raised = new List<Exception>();
        var generator = Generator.Start<int>(async exchange =>
        {
            await _io.Task;
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    await exchange.Yield(i);
                }
                catch (InvalidOperationException error)
                {
                    raised.Add(error);
                }
            }

            _left.Set();
        });
        Assert.Throws<InvalidOperationException>(() => generator.Next());

        _io.Set();
        await Wait.For(_left.Task);

        Assert.Equal(3, raised.Count);
    }

    [Fact]
    public async Task A_second_wait_in_the_background_is_just_a_wait()
    {
        var second = new Signal();
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await _io.Task;
                await second.Task;
                await exchange.Yield(1);
            }
            finally
            {
                _left.Set();
            }
        });
        var failure = Assert.Throws<InvalidOperationException>(() => generator.Next());

        _io.Set();
        second.Set();
        await Wait.For(_left.Task);

        Assert.Same(failure, generator.AssertEnded().InnerException);
    }

    [Fact]
    public async Task An_outer_generator_that_caught_the_error_is_not_disturbed_by_the_inner_one_in_the_background()
    {
        var inner = Generator.Start<int>(async exchange =>
        {
            try
            {
                await _io.Task;
                await exchange.Yield(1);
            }
            finally
            {
                _left.Set();
            }
        });
        var outer = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.YieldFrom(inner);
            }
            catch (InvalidOperationException)
            {
                await Bodies.Count(exchange);
            }
        });
        Assert.Equal(1, outer.Next());

        _io.Set();
        await Wait.For(_left.Task);

        Assert.Equal([2, 3], [outer.Next(), outer.Next()]);
    }
}
