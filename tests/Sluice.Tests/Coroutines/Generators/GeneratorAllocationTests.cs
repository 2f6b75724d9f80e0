namespace Sluice.Tests;

/// <summary>A step costs no memory once the generator is in its stride.</summary>
public sealed class GeneratorAllocationTests
{
    private const int StepsInARound = 10_000;

    /// <summary>The first round also makes what is made once.</summary>
    private const int Rounds = 2;

    [Fact]
    public void Next_allocates_nothing()
    {
        var numbers = Generator.Start<int>(Bodies.Count);
        var texts = Generator.Start<string>(exchange => Repeat(exchange, "text"));

        AssertAllocatesNothing(() => numbers.Next());
        AssertAllocatesNothing(() => texts.Next());
        Assert.InRange(numbers.Current, StepsInARound, int.MaxValue);
    }

    [Fact]
    public void TryNext_and_a_foreach_allocate_nothing()
    {
        var numbers = Generator.Start<int>(Bodies.Count);

        AssertAllocatesNothing(() => numbers.TryNext(out _));
        AssertAllocatesNothing(() =>
        {
            foreach (var value in numbers)
            {
                if (value % 10 == 0)
                {
                    break;
                }
            }
        });
        Assert.InRange(numbers.Current, 2 * StepsInARound, int.MaxValue);
    }

    [Fact]
    public void Send_allocates_nothing()
    {
        var numbers = Generator.Start<int, int>(Bodies.Echo);
        var texts = Generator.Start<string, string>(Bodies.Echo);
        var structs = Generator.Start<(long, string), (long, string)>(Bodies.Echo);
        numbers.Next();
        texts.Next();
        structs.Next();

        AssertAllocatesNothing(() => numbers.Send(7));
        AssertAllocatesNothing(() => numbers.TrySend(8, out _));
        AssertAllocatesNothing(() => texts.Send("text"));
        AssertAllocatesNothing(() => structs.Send((9, "text")));
        Assert.Equal(8, numbers.Current);
        Assert.Equal("text", texts.Current);
        Assert.Equal((9, "text"), structs.Current);
    }

    [Fact]
    public void A_step_of_an_awaited_coroutine_three_levels_deep_allocates_nothing()
    {
        var plain = Generator.Start<int>(async exchange => await First(exchange));
        var typed = Generator.Start<int, int>(async exchange => await FirstTyped(exchange));
        typed.Next();

        AssertAllocatesNothing(() => plain.Next());
        AssertAllocatesNothing(() => typed.Send(7));
        Assert.InRange(plain.Current, StepsInARound, int.MaxValue);
        Assert.Equal(7, typed.Current);

        static async Coroutine First(Exchange<int> exchange) => await Second(exchange);

        static async Coroutine Second(Exchange<int> exchange) => await Bodies.Count(exchange);

        static async Coroutine FirstTyped(Exchange<int, int> exchange) => await SecondTyped(exchange);

        static async Coroutine SecondTyped(Exchange<int, int> exchange) => await Bodies.Echo(exchange);
    }

    [Fact]
    public void A_step_of_a_generator_that_is_delegated_to_three_levels_deep_allocates_nothing()
    {
        var plain = Generator.Start<int>(Bodies.Count);
        var typed = Generator.Start<int, int>(Bodies.Echo);
        var dropping = Generator.Start<int>(Bodies.Count);
        for (var level = 0; level < 3; level++)
        {
            var (innerPlain, innerTyped, innerDropping) = (plain, typed, dropping);
            plain = Generator.Start<int>(async exchange => await exchange.YieldFrom(innerPlain));
            typed = Generator.Start<int, int>(async exchange => await exchange.YieldFrom(innerTyped));
            dropping = Generator.Start<int, int>(async exchange => await exchange.YieldFrom(innerDropping));
        }

        var sending = Assert.IsType<Generator<int, int>>(dropping);
        typed.Next();
        sending.Next();

        AssertAllocatesNothing(() => plain.Next());
        AssertAllocatesNothing(() => typed.Send(7));
        AssertAllocatesNothing(() => sending.Send(7));
        Assert.InRange(plain.Current, StepsInARound, int.MaxValue);
        Assert.Equal(7, typed.Current);
        Assert.InRange(sending.Current, StepsInARound, int.MaxValue);
    }

    [Fact]
    public void A_step_of_an_enumerable_three_levels_deep_allocates_nothing()
    {
        var generator = Generator.Start<int>(exchange => exchange.YieldFrom(new Numbers().Endless()));
        for (var level = 0; level < 2; level++)
        {
            var inner = generator;
            generator = Generator.Start<int>(async exchange => await exchange.YieldFrom(inner));
        }

        AssertAllocatesNothing(() => generator.Next());
        Assert.InRange(generator.Current, StepsInARound, int.MaxValue);
    }

    [Fact]
    public void An_await_of_something_that_has_completed_allocates_nothing_for_a_step()
    {
        var generator = Generator.Start<int>(async exchange =>
        {
            while (true)
            {
                await Task.CompletedTask;
                await exchange.Yield(await new ValueTask<int>(5));
            }
        });

        AssertAllocatesNothing(() => generator.Next());
    }

    private static async Coroutine Repeat<T>(Exchange<T> exchange, T value)
    {
        while (true)
        {
            await exchange.Yield(value);
        }
    }

    private static void AssertAllocatesNothing(Action step)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < StepsInARound; i++)
            {
                step();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(least == 0, $"{StepsInARound} steps allocated at least {least} bytes in each of {Rounds} rounds");
    }
}
