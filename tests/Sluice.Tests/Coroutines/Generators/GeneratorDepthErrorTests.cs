namespace Sluice.Tests;

/// <summary>Errors and closes through 10,000 levels of delegation, on a thread with little stack.</summary>
public sealed class GeneratorDepthErrorTests
{
    public static TheoryData<string> Kinds => DeepGenerators.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task An_error_that_is_thrown_in_is_handled_by_the_innermost(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, CatchAndYield2));
        generator.Next();

        Assert.Equal(2, generator.Throw(new TimeoutException()));

        Assert.Empty(deep.Left);
        Assert.False(generator.TryNext(out _));
        Assert.Equal(DeepGenerators.Depth - 1, generator.Result);
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task An_error_that_is_thrown_in_passes_through_all_levels(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var error = new FormatException();
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, CatchAndYield2));
        generator.Next();

        Assert.Same(error, Assert.Throws<FormatException>(() => generator.Throw(error)));

        Assert.Equal(DeepGenerators.InnermostFirst, deep.Left);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_failure_passes_through_all_levels_and_keeps_its_stack(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, YieldAndExplode));
        generator.Next();

        var error = Assert.Throws<FormatException>(() => generator.Next());

        Assert.Contains(nameof(Bodies.Explode), error.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(YieldAndExplode), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(DeepGenerators.InnermostFirst, deep.Left);
        Assert.Same(error, generator.AssertEnded().InnerException);
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_failure_can_be_caught_by_the_outermost_which_goes_on(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int>(async exchange =>
        {
            try
            {
                await deep.Descend(exchange, YieldAndExplode);
            }
            catch (FormatException)
            {
                await exchange.Yield(9);
            }
        });

        Assert.Equal([1, 9], generator);

        Assert.Equal(DeepGenerators.InnermostFirst, deep.Left);
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_failure_before_the_first_Yield_passes_through_all_levels(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, _ => throw new FormatException()));

        Assert.Throws<FormatException>(() => generator.Next());

        Assert.Equal(DeepGenerators.InnermostFirst, deep.Left);
    }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task A_close_passes_through_all_levels_from_the_inside_out(string kind) => Wait.For(SmallStack.Run(() =>
    {
        var deep = new DeepGenerators(kind);
        var generator = Generator.Start<string?, int, int>(exchange => deep.Descend(exchange, CatchAndYield2));
        generator.Next();

        generator.Close();

        Assert.Equal(DeepGenerators.InnermostFirst, deep.Left);
        Assert.Null(generator.AssertEnded().InnerException);
    }));

    [Fact]
    public Task A_close_passes_through_a_chain_of_generators_built_by_a_loop() => Wait.For(SmallStack.Run(() =>
    {
        var left = 0;
        var generator = DeepGenerators.Chain(async exchange =>
        {
            try
            {
                return await CatchAndYield2(exchange);
            }
            finally
            {
                left++;
            }
        });
        generator.Next();

        generator.Close();

        Assert.Equal(1, left);
        generator.AssertEnded();
    }));

    private static async Coroutine<int> CatchAndYield2(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (TimeoutException)
        {
            await exchange.Yield(2);
        }

        return 0;
    }

    private static async Coroutine<int> YieldAndExplode(Exchange<string?, int> exchange)
    {
        await exchange.Yield(1);
        Bodies.Explode();
        return 0;
    }
}
