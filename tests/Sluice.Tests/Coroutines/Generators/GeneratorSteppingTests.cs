namespace Sluice.Tests;

public sealed class GeneratorSteppingTests
{
    [Fact]
    public void Start_runs_nothing_and_each_Next_runs_to_the_next_Yield_and_gives_its_value()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(async exchange =>
        {
            log.Add("begin");
            await exchange.Yield(1);
            log.Add("middle");
            await exchange.Yield(2);
            log.Add("end");
        });
        Assert.Empty(log);

        Assert.Equal(1, generator.Next());
        Assert.Equal(["begin"], log);
        Assert.Equal(2, generator.Next());
        Assert.Equal(["begin", "middle"], log);
        Assert.Throws<GeneratorCompletedException>(() => generator.Next());
        Assert.Equal(["begin", "middle", "end"], log);
        Assert.Throws<GeneratorCompletedException>(() => generator.Next());
        Assert.Equal(3, log.Count);
    }

    [Fact]
    public void TryNext_gives_false_at_the_end_and_after_it()
    {
        var generator = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 2));

        Assert.True(generator.TryNext(out var first));
        Assert.True(generator.TryNext(out var second));
        Assert.False(generator.TryNext(out _));
        Assert.True(generator.IsCompleted);
        Assert.False(generator.TryNext(out _));

        Assert.Equal([1, 2], [first, second]);
        generator.AssertEnded();
    }

    [Fact]
    public void Send_makes_its_value_come_out_of_the_Yield_and_gives_the_next_value()
    {
        var seen = new List<string?>();
        var generator = Generator.Start<string?, int>(async exchange =>
        {
            seen.Add(await exchange.Yield(1));
            seen.Add(await exchange.Yield(2));
            seen.Add(await exchange.Yield(3));
        });

        Assert.Equal(1, generator.Next());
        Assert.Equal(2, generator.Send("a"));
        Assert.Equal(["a"], seen);
        Assert.Equal(3, generator.Send("b"));
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("c"));
        Assert.Equal(["a", "b", "c"], seen);
        Assert.Throws<GeneratorCompletedException>(() => generator.Send("d"));
        Assert.Throws<GeneratorCompletedException>(() => generator.Send(null));
    }

    [Fact]
    public void TrySend_gives_the_next_value_and_false_at_the_end_and_after_it()
    {
        var generator = Generator.Start<int, int>(async exchange => await exchange.Yield(10 * await exchange.Yield(1)));
        Assert.Equal(1, generator.Next());

        Assert.True(generator.TrySend(7, out var next));
        Assert.Equal(70, next);
        Assert.False(generator.TrySend(8, out _));
        Assert.True(generator.IsCompleted);
        Assert.False(generator.TrySend(9, out _));
    }

    [Fact]
    public void The_Yield_gives_the_default_when_Next_or_a_null_resumed_it()
    {
        var numbers = Generator.Start<int, int>(Bodies.Echo);
        var texts = Generator.Start<string?, string?>(Bodies.Echo);
        numbers.Next();
        texts.Next();

        Assert.Equal(5, numbers.Send(5));
        Assert.Equal(0, numbers.Next());
        Assert.Equal("five", texts.Send("five"));
        Assert.Null(texts.Next());
        Assert.Equal("six", texts.Send("six"));
        Assert.Null(texts.Send(null));
        Assert.Equal(6, numbers.Send(6));
        Assert.True(numbers.TryNext(out var again));
        Assert.Equal(0, again);
        Assert.Equal(7, numbers.Send(7));
        Assert.Equal(0, numbers.Send(0));
    }

    [Fact]
    public void Sending_null_starts_a_generator_as_Next_does()
    {
        var first = Generator.Start<string?, string?>(Bodies.Echo);
        var second = Generator.Start<string?, string?>(Bodies.Echo);

        Assert.Null(first.Send(null));
        Assert.Equal("a", first.Send("a"));
        Assert.True(second.TrySend(null, out var value));
        Assert.Null(value);
        Assert.Equal("b", second.Send("b"));
    }

    [Fact]
    public void Current_is_what_was_yielded_last_by_whatever_step()
    {
        var generator = Generator.Start<int, int>(async exchange =>
        {
            await exchange.Yield(1);
            await exchange.Yield(2);
            await exchange.Yield(3);
            try
            {
                await exchange.Yield(4);
            }
            catch (TimeoutException)
            {
                await exchange.Yield(5);
            }
        });

        Assert.Throws<InvalidOperationException>(() => generator.Current);
        generator.Next();
        Assert.Equal([1, 1], [generator.Current, generator.Current]);
        generator.TryNext(out _);
        Assert.Equal(2, generator.Current);
        generator.Send(0);
        Assert.Equal(3, generator.Current);
        generator.TrySend(0, out _);
        Assert.Equal(4, generator.Current);
        generator.Throw(new TimeoutException());
        Assert.Equal(5, generator.Current);
        Assert.False(generator.TryNext(out _));
        Assert.Throws<InvalidOperationException>(() => generator.Current);
    }

    [Fact]
    public void IsCompleted_tells_that_it_has_ended_in_whatever_way()
    {
        var ended = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 1));
        var failed = Generator.Start<int>(_ => throw new FormatException());
        var closed = Generator.Start<int>(Bodies.Count);
        var thrown = Generator.Start<int>(Bodies.Count);
        Assert.All([ended, failed, closed, thrown], generator => Assert.False(generator.IsCompleted));

        ended.Next();
        closed.Next();
        thrown.Next();
        Assert.All([ended, closed, thrown], generator => Assert.False(generator.IsCompleted));
        ended.TryNext(out _);
        Assert.Throws<FormatException>(() => failed.Next());
        closed.Close();
        Assert.Throws<TimeoutException>(() => thrown.Throw(new TimeoutException()));

        Assert.All([ended, failed, closed, thrown], generator => generator.AssertEnded());
    }

    [Fact]
    public void A_generator_has_the_given_name_or_else_its_methods()
    {
        Assert.Equal("given", Generator.Start<int>(Bodies.Count, "given").Name);
        Assert.Equal("given", Generator.Start<int, int>(Bodies.Echo, "given").Name);
        Assert.Equal("given", Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 1), "given").Name);
        Assert.Equal(nameof(Bodies.Count), Generator.Start<int>(Bodies.Count).Name);
        Assert.Equal(nameof(Bodies.Echo), Generator.Start<string, string>(Bodies.Echo).Name);
        Assert.Equal(nameof(Local), Generator.Start<int, int, int>(Local).Name);

        static async Coroutine<int> Local(Exchange<int, int> exchange) => await exchange.Yield(1);
    }

    [Fact]
    public void A_name_is_that_of_the_coroutine_once_it_has_started()
    {
        var generator = Generator.Start<int>(Bodies.Count);
        var names = new List<string> { generator.Name };

        generator.Next();
        names.Add(generator.Name);
        generator.Close();
        names.Add(generator.Name);

        Assert.Equal([nameof(Bodies.Count), nameof(Bodies.CountTo), nameof(Bodies.CountTo)], names);
    }

    [Fact]
    public void Two_generators_of_one_method_have_a_state_of_their_own()
    {
        var first = Generator.Start<int>(Bodies.Count);
        var second = Generator.Start<int>(Bodies.Count);

        Assert.Equal([1, 2, 1, 3, 2], [first.Next(), first.Next(), second.Next(), first.Next(), second.Next()]);
    }
}
