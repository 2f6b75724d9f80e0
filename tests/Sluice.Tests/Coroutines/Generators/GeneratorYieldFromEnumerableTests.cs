namespace Sluice.Tests;

public sealed class GeneratorYieldFromEnumerableTests
{
    private readonly NotedItems _items = new();

    [Fact]
    public void The_items_of_an_enumerable_are_yielded_in_place()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            await exchange.Yield(0);
            await exchange.YieldFrom([1, 2]);
            await exchange.YieldFrom(Enumerable.Empty<int>());
            await exchange.YieldFrom(new List<int> { 3 });
            await exchange.Yield(9);
        });

        Assert.Equal([0, 1, 2, 3, 9], generator);
    }

    [Fact]
    public void An_enumerable_is_enumerated_only_as_far_as_it_is_needed_and_then_disposed_of()
    {
        var generator = Outer();
        Assert.Equal(0, _items.Produced);

        Assert.Equal(1, generator.Next());
        Assert.Equal(1, _items.Produced);
        Assert.Equal([2, 3], [generator.Next(), generator.Next()]);
        Assert.Equal(0, _items.Disposed);
        Assert.Equal(9, generator.Next());

        Assert.Equal(1, _items.Disposed);
        Assert.Equal(["ended", "outer finally"], _items.Log);
    }

    [Fact]
    public void A_close_disposes_of_the_enumerator_before_the_outers_finally_block()
    {
        var generator = Outer();
        generator.Next();

        generator.Close();

        Assert.Equal(["disposed", "outer ExchangeClosedException", "outer finally"], _items.Log);
        Assert.Equal(1, _items.Disposed);
        generator.AssertEnded();
    }

    [Fact]
    public void An_error_that_is_thrown_in_disposes_of_the_enumerator_and_is_raised_at_the_await()
    {
        var error = new TimeoutException();
        var generator = Outer();
        generator.Next();

        Assert.Equal(9, generator.Throw(error));

        Assert.Equal(["disposed", "outer TimeoutException", "outer finally"], _items.Log);
        Assert.Same(error, _items.Caught);
        Assert.False(generator.TryNext(out _));
        Assert.Equal(1, _items.Disposed);
    }

    [Fact]
    public void A_failure_of_the_enumerable_is_raised_at_the_await_with_its_stack()
    {
        var generator = Outer(failAt: 2);
        generator.Next();

        Assert.Equal(9, generator.Next());

        Assert.Equal(["disposed", "outer FormatException", "outer finally"], _items.Log);
        Assert.Contains(nameof(Bodies.Explode), _items.Caught!.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_sent_to_an_enumerable_is_an_error_at_the_await()
    {
        var generator = Outer();
        generator.Next();

        Assert.Equal(9, generator.Send(5));

        Assert.Equal(["disposed", "outer InvalidOperationException", "outer finally"], _items.Log);
        Assert.False(generator.TrySend(5, out _));
        Assert.Equal(1, _items.Disposed);
    }

    [Fact]
    public void A_value_that_is_sent_to_an_enumerable_fails_a_body_that_does_not_catch_the_error()
    {
        var generator = Generator.Start<string?, int>(exchange => exchange.YieldFrom(_items.Enumerate(0)));
        generator.Next();

        var error = Assert.Throws<InvalidOperationException>(() => generator.Send("a"));

        Assert.Same(error, generator.AssertEnded().InnerException);
        Assert.Equal(1, _items.Disposed);
    }

    [Fact]
    public void The_default_can_be_sent_to_an_enumerable()
    {
        var generator = Outer();
        var texts = Generator.Start<string?, int>(exchange => exchange.YieldFrom([1, 2]));

        Assert.Equal([1, 2, 3, 9], [generator.Next(), generator.Send(0), generator.Send(0), generator.Send(0)]);
        Assert.Equal([1, 2], [texts.Send(null), texts.Send(null)]);
    }

    [Fact]
    public void An_enumerable_that_is_a_generator_is_delegated_to_as_a_generator()
    {
        var log = new List<string>();
        var inner = Generator.Start<int>(exchange => Bodies.Noting(exchange, "inner", log));
        IEnumerable<int> items = inner;
        var generator = Generator.Start<int>(exchange => exchange.YieldFrom(items), "the outer one");
        Assert.Equal(1, generator.Next());
        Assert.Contains("the outer one", Assert.Throws<InvalidOperationException>(() => inner.Next()).Message, StringComparison.Ordinal);

        generator.Close();

        Assert.Equal(["enter inner", "inner got ExchangeClosedException", "leave inner"], log);
        inner.AssertEnded();
    }

    [Fact]
    public void An_enumerable_that_is_a_generator_takes_what_is_sent_and_thrown_in()
    {
        IEnumerable<int> items = Generator.Start<int, int>(async exchange =>
        {
            var sent = await exchange.Yield(1);
            try
            {
                await exchange.Yield(sent);
            }
            catch (TimeoutException)
            {
                await exchange.Yield(99);
            }
        });
        var generator = Generator.Start<int, int>(exchange => exchange.YieldFrom(items));

        Assert.Equal([1, 5, 99], [generator.Next(), generator.Send(5), generator.Throw(new TimeoutException())]);
        Assert.False(generator.TryNext(out _));
    }

    [Fact]
    public void A_wrapped_generator_is_an_enumerable_like_any_other_and_not_closed()
    {
        var inner = Generator.Start<int>(Bodies.Count);
        var generator = Generator.Start<int>(exchange => exchange.YieldFrom(inner.Select(x => 10 * x)));
        Assert.Equal([10, 20], [generator.Next(), generator.Next()]);

        generator.Close();

        Assert.Equal(3, inner.Next());
    }

    [Fact]
    public void An_error_of_the_enumerators_Dispose_is_raised_at_the_await()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.YieldFrom(_items.ExplodeWhenDisposed());
            }
            catch (FormatException)
            {
                _items.Log.Add("caught");
            }
        });
        generator.Next();

        generator.Close();

        Assert.Equal(["caught"], _items.Log);
        generator.AssertEnded();
    }

    private Generator<int, int> Outer(int failAt = 0) => Generator.Start<int, int>(async exchange =>
    {
        try
        {
            await exchange.YieldFrom(_items.Enumerate(failAt));
        }
        catch (Exception error)
        {
            _items.Log.Add($"outer {error.GetType().Name}");
            _items.Caught = error;
            if (error is ExchangeClosedException)
            {
                throw;
            }
        }
        finally
        {
            _items.Log.Add("outer finally");
        }

        await exchange.Yield(9);
    });
}
