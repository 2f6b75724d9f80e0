namespace Sluice.Tests;

/// <summary>Two threads at one generator: a step is one thread's alone, and the other one is told.</summary>
public sealed class GeneratorTwoThreadsTests
{
    [Fact]
    [Trait("Category", "Stress")]
    public async Task Every_value_comes_once_and_in_order_and_who_is_late_gets_an_error()
    {
        for (var round = 0; round < 300; round++)
        {
            const int Steps = 500;
            var generator = Generator.Start<int, int>(Count);
            using var start = new Barrier(2);
            var taken = await Wait.For(Task.WhenAll(Threads.Run(() => Take(generator, start, Steps)), Threads.Run(() => Take(generator, start, Steps))));

            Assert.Equal(Enumerable.Range(0, taken[0].Count + taken[1].Count), taken[0].Concat(taken[1]).Order());
            Assert.All(taken, values => Assert.Equal(values.Order(), values));
        }
    }

    [Theory]
    [MemberData(nameof(GeneratorMembers.All), MemberType = typeof(GeneratorMembers))]
    public async Task A_step_of_another_thread_in_the_middle_of_one_is_refused_and_does_nothing(string member)
    {
        using var inside = new ManualResetEventSlim();
        using var tried = new ManualResetEventSlim();
        var generator = Generator.Start<string?, int>(async exchange =>
        {
            await exchange.Yield(1);
            inside.Set();
            Assert.True(tried.Wait(Wait.Limit), "the other thread did not try");
            await exchange.Yield(2);
        });
        generator.Next();
        var step = Threads.Run(generator.Next);
        Assert.True(inside.Wait(Wait.Limit), "the step did not begin");

        var error = Assert.Throws<InvalidOperationException>(() => generator.Use(member));
        tried.Set();

        Assert.Contains("already executing", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, await Wait.For(step));
        Assert.False(generator.TryNext(out _));
    }

    [Fact]
    [Trait("Category", "Stress")]
    public async Task A_generator_that_is_delegated_to_and_used_directly_at_the_same_time_belongs_to_one_of_the_two()
    {
        for (var round = 0; round < 2000; round++)
        {
            const int Steps = 10;
            var inner = Generator.Start<int, int>(Count);
            var outer = Generator.Start<int>(async exchange => await exchange.YieldFrom(inner));
            inner.Next();
            using var start = new Barrier(2);
            var taken = await Wait.For(Task.WhenAll(Threads.Run(() => Take(inner, start, Steps)), Threads.Run(() => Take(outer, start, Steps))));

            var all = taken[0].Concat(taken[1]).Order().ToList();
            Assert.Equal(all.Distinct(), all);
            Assert.Equal(Enumerable.Range(1, all.Count), all);
        }
    }

    private static async Coroutine Count(Exchange<int, int> exchange)
    {
        for (var number = 0; ; number++)
        {
            await exchange.Yield(number);
        }
    }

    private static List<int> Take(Generator<int> generator, Barrier start, int steps)
    {
        var values = new List<int>();
        Assert.True(start.SignalAndWait(Wait.Limit), "the other thread did not start");
        for (var step = 0; step < steps; step++)
        {
            try
            {
                if (!generator.TryNext(out var value))
                {
                    break;
                }

                values.Add(value);
            }
            catch (InvalidOperationException error)
            {
                Assert.Matches("already executing|cannot be used directly", error.Message);
            }
        }

        return values;
    }
}
