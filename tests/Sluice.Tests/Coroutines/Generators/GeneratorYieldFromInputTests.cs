namespace Sluice.Tests;

/// <summary>Values sent while a generator with another input, or with none, is innermost.</summary>
public sealed class GeneratorYieldFromInputTests
{
    [Fact]
    public void What_is_sent_to_a_generator_without_input_is_dropped()
    {
        var generator = Generator.Start<string?, int, string>(async exchange =>
        {
            await exchange.YieldFrom(Generator.Start<int>(inner => Bodies.CountTo(inner, 3)));
            return $"{await exchange.Yield(9)}";
        });

        Assert.Equal(1, generator.Next());
        Assert.Equal(2, generator.Send("dropped"));
        Assert.True(generator.TrySend("dropped too", out var third));
        Assert.Equal(3, third);
        Assert.Equal(9, generator.Send("and dropped"));
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("taken"));
        Assert.Equal("taken", generator.Result);
    }

    [Fact]
    public void A_value_passes_through_a_generator_without_input_to_the_innermost()
    {
        var innermost = Generator.Start<int, int>(Bodies.Echo);
        var middle = Generator.Start<int>(exchange => exchange.YieldFrom(innermost));
        var generator = Generator.Start<int, int>(exchange => exchange.YieldFrom(middle));

        Assert.Equal([0, 5, 6], [generator.Next(), generator.Send(5), generator.Send(6)]);
    }

    [Fact]
    public void A_value_for_a_generator_with_another_input_is_an_error_out_of_Send_that_touches_nothing()
    {
        var inner = Generator.Start<string?, int, string>(async exchange => $"{await exchange.Yield(1) ?? "null"} {await exchange.Yield(2) ?? "null"}");
        var log = new List<string>();
        var generator = Generator.Start<int, int, int>(async exchange =>
        {
            try
            {
                log.Add(await exchange.YieldFrom(inner));
            }
            catch (Exception error)
            {
                log.Add(error.GetType().Name);
                throw;
            }

            return await exchange.Yield(3);
        });
        Assert.Equal(1, generator.Next());

        Assert.Throws<InvalidOperationException>(() => generator.Send(5));
        Assert.Throws<InvalidOperationException>(() => generator.TrySend(5, out _));

        Assert.Empty(log);
        Assert.Equal(1, generator.Current);
        Assert.False(generator.IsCompleted);
        Assert.False(inner.IsCompleted);
        Assert.Equal(2, generator.Next());
        Assert.Equal(3, generator.Send(0));
        Assert.Equal(["null null"], log);
        Assert.Throws<GeneratorCompletedException>(() => generator.Send(5));
        Assert.Equal(5, generator.Result);
    }

    [Fact]
    public void The_default_can_be_sent_to_a_generator_with_another_input()
    {
        var seen = new List<int>();
        var inner = Generator.Start<int, int>(async exchange =>
        {
            seen.Add(await exchange.Yield(1));
            seen.Add(await exchange.Yield(2));
        });
        var generator = Generator.Start<string?, int>(exchange => exchange.YieldFrom(inner));

        Assert.Equal([1, 2], [generator.Send(null), generator.Send(null)]);
        Assert.False(generator.TryNext(out _));
        Assert.Equal([0, 0], seen);
    }

    [Fact]
    public void After_a_value_of_the_wrong_type_the_generator_can_be_thrown_into_and_closed()
    {
        var log = new List<string>();
        var generator = Generator.Start<string?, int>(async exchange =>
        {
            try
            {
                await exchange.YieldFrom(Generator.Start<int, int>(inner => Noting(inner, "first", log)));
            }
            catch (TimeoutException)
            {
                await exchange.YieldFrom(Generator.Start<int, int>(inner => Noting(inner, "second", log)));
            }
        });
        generator.Next();
        Assert.Throws<InvalidOperationException>(() => generator.Send("wrong"));

        Assert.Equal(1, generator.Throw(new TimeoutException()));
        Assert.Throws<InvalidOperationException>(() => generator.Send("wrong again"));
        generator.Close();

        Assert.Equal(
            ["enter first", "first got TimeoutException", "leave first", "enter second", "second got ExchangeClosedException", "leave second"],
            log);
    }

    private static async Coroutine Noting(Exchange<int, int> exchange, string name, List<string> log)
    {
        log.Add($"enter {name}");
        try
        {
            log.Add($"{name} was sent {await exchange.Yield(1)}");
        }
        catch (Exception error)
        {
            log.Add($"{name} got {error.GetType().Name}");
            throw;
        }
        finally
        {
            log.Add($"leave {name}");
        }
    }
}
