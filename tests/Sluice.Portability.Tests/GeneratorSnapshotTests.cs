namespace Sluice.Tests.Portability;

/// <summary>Generators as values.</summary>
public sealed class GeneratorSnapshotTests
{
    [Fact]
    public void It_goes_on_at_its_yield()
    {
        var generator = Generator.Start<int, int, string>(Average);
        generator.Next();
        generator.Send(10);

        var copy = Copies.Of(generator.Snapshot()).ResumeGenerator<Generator<int, int, string>>();

        Assert.Equal(10, copy.Current);
        Assert.Equal(15, copy.Send(20));
        Assert.Equal(20, generator.Send(30));
        Assert.Throws<GeneratorCompletedException>(() => copy.Send(-1));
        Assert.Equal("2 values", copy.Result);
    }

    [Fact]
    public void One_that_has_not_started_starts_in_the_copy()
    {
        var generator = Generator.Start<int>(exchange => CountTo(exchange, 3));

        var copy = Copies.Of(generator.Snapshot()).ResumeGenerator<Generator<int>>();

        Assert.Equal([1, 2, 3], copy);
        Assert.Equal([1, 2, 3], generator);
    }

    [Fact]
    public void One_that_has_ended_has_ended_in_the_copy()
    {
        var generator = Generator.Start<int, int, string>(Average);
        generator.Next();
        Assert.False(generator.TrySend(-1, out _));

        var copy = Copies.Of(generator.Snapshot()).ResumeGenerator<Generator<int, int, string>>();

        Assert.True(copy.IsCompleted);
        Assert.Equal("0 values", copy.Result);
    }

    [Fact]
    public void Delegations_come_along()
    {
        var generator = Generator.Start<int>(exchange => Around(exchange, 2));
        Assert.Equal(0, generator.Next());
        Assert.Equal(1, generator.Next());

        var copy = Copies.Of(generator.Snapshot()).ResumeGenerator<Generator<int>>();

        Assert.Equal([2, 9, 9], copy);
        Assert.Equal([2, 9, 9], generator);
    }

    [Fact]
    public async Task A_stage_may_keep_one()
    {
        var target = Target.Start<int, string>(Numbering);
        await target.SendAsync(5);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await copy.SendAsync(6);
        await copy.CloseAsync();
        Assert.Equal("1:5 2:6 ", await copy.Completion);
    }

    private static async Coroutine<string> Numbering(Inbox<int> items)
    {
        using var numbers = Generator.Start<int>(exchange => CountTo(exchange, 100));
        var text = "";
        await foreach (var item in items)
        {
            text += $"{numbers.Next()}:{item} ";
        }

        return text;
    }

    private static async Coroutine Around(Exchange<int> exchange, int depth)
    {
        if (depth == 0)
        {
            await exchange.Yield(0);
            await exchange.YieldFrom(Generator.Start<int>(inner => CountTo(inner, 2)));
        }
        else
        {
            await exchange.YieldFrom(Generator.Start<int>(inner => Around(inner, depth - 1)));
            await exchange.Yield(9);
        }
    }

    private static async Coroutine CountTo(Exchange<int> exchange, int last)
    {
        for (var i = 1; i <= last; i++)
        {
            await exchange.Yield(i);
        }
    }

    private static async Coroutine<string> Average(Exchange<int, int> exchange)
    {
        var (sum, count) = (0, 0);
        while (true)
        {
            var value = await exchange.Yield(count == 0 ? 0 : sum / count);
            if (value < 0)
            {
                return $"{count} values";
            }

            sum += value;
            count++;
        }
    }
}
