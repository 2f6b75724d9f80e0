namespace Sluice.Tests;

/// <summary>10,000 levels of delegation, on a thread with little stack and on the test's own.</summary>
public sealed class GeneratorDepthTests
{
    private const int Depth = DeepGenerators.Depth;

    /// <summary>So many that a step which walked over the levels would not end within the wait's limit.</summary>
    private const int ManySteps = 5_000_000;

    public static TheoryData<string> Kinds => DeepGenerators.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_recursion_yields_is_sent_to_and_ends_with_its_result(string kind)
    {
        StepToTheEnd(kind);
        await Wait.For(SmallStack.Run(() => StepToTheEnd(kind)));

        static void StepToTheEnd(string kind)
        {
            var deep = new DeepGenerators(kind);
            var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, TakeThree));

            Assert.Equal(1, generator.Next());
            Assert.Equal(Depth, deep.Entered);
            Assert.Equal([2, 3], [generator.Send("a"), generator.Send("bb")]);
            Assert.Empty(deep.Left);
            Assert.False(generator.TrySend("ccc", out _));

            Assert.Equal(Depth - 1 + 6, generator.Result);
            Assert.Equal(DeepGenerators.InnermostFirst, deep.Left);
            Assert.Equal(Depth, deep.Entered);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_recursion_may_begin_in_a_later_step(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int, int>(async exchange =>
        {
            await exchange.Yield(-1);
            await exchange.Yield(-2);
            var first = await deep.Descend(exchange, TakeThree);
            await exchange.Yield(-3);
            return first + await deep.Descend(exchange, TakeThree);
        });
        Assert.Equal([-1, -2], [generator.Next(), generator.Next()]);
        Assert.Equal(0, deep.Entered);

        Assert.Equal([1, 2, 3, -3, 1, 2, 3], generator);

        Assert.Equal(2 * (Depth - 1), generator.Result);
        Assert.Equal(2 * Depth, deep.Entered);
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_recursion_may_go_one_level_deeper_with_each_step(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int, int>(exchange => deep.YieldAtEachLevel(exchange));

        for (var level = Depth - 1; level >= 0; level--)
        {
            Assert.Equal(level, generator.Next());
            Assert.Equal(Depth - level, deep.Entered);
        }

        for (var level = 0; level < Depth; level++)
        {
            Assert.Equal(level, generator.Next());
            Assert.Equal(level, deep.Left.Count);
        }

        Assert.False(generator.TryNext(out _));
        Assert.Equal(Depth, generator.Result);
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_cost_of_a_step_does_not_depend_on_the_depth(string kind)
    {
        var steps = 0;
        var stop = false;
        var deep = new DeepGenerators(kind);
        var stepping = SmallStack.Run(() =>
        {
            var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, YieldForever));
            generator.Next();
            while (steps < ManySteps && !Volatile.Read(ref stop))
            {
                generator.Send("x");
                steps++;
            }
        });

        try
        {
            await Wait.For(stepping);
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }

        Assert.Equal(ManySteps, steps);
        Assert.Equal(Depth, deep.Entered);
        Assert.Empty(deep.Left);
    }

    [Fact]
    public async Task A_chain_of_generators_built_by_a_loop_is_no_different()
    {
        StepToTheEnd();
        await Wait.For(SmallStack.Run(StepToTheEnd));

        static void StepToTheEnd()
        {
            var generator = DeepGenerators.Chain(TakeThree);

            Assert.Equal([1, 2, 3], [generator.Next(), generator.Send("a"), generator.Send("bb")]);
            Assert.False(generator.TrySend("ccc", out _));

            Assert.Equal(Depth - 1 + 6, generator.Result);
        }
    }

    [Fact]
    public Task A_chain_of_bodies_that_only_hand_on_a_generator_is_no_different() => Wait.For(SmallStack.Run(() =>
    {
        var at = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 3));
        for (var level = 0; level < Depth; level++)
        {
            var inner = at;
            at = Generator.Start<int>(exchange => exchange.YieldFrom(inner));
        }

        Assert.Equal([1, 2, 3], at);
    }));

    private static async Coroutine<int> TakeThree(Exchange<string?, int> exchange)
    {
        var length = 0;
        for (var i = 1; i <= 3; i++)
        {
            length += (await exchange.Yield(i))?.Length ?? 0;
        }

        return length;
    }

    private static async Coroutine<int> YieldForever(Exchange<string?, int> exchange)
    {
        while (true)
        {
            await exchange.Yield(1);
        }
    }
}
