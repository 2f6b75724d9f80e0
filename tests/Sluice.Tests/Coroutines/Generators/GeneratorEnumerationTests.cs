using System.Collections;

namespace Sluice.Tests;

public sealed class GeneratorEnumerationTests
{
    [Fact]
    public void A_foreach_gives_every_value_and_ends_with_the_body()
    {
        var generator = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 3));
        var values = new List<int>();

        foreach (var value in generator)
        {
            values.Add(value);
        }

        Assert.Equal([1, 2, 3], values);
        Assert.True(generator.IsCompleted);
    }

    [Fact]
    public void The_enumerator_is_a_struct() => Assert.True(typeof(Generator<int>.Enumerator).IsValueType);

    [Fact]
    public void An_enumeration_starts_nothing_before_its_first_step()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log));

        using var enumerator = generator.GetEnumerator();
        Assert.Empty(log);

        Assert.True(enumerator.MoveNext());
        Assert.Equal(1, enumerator.Current);
        Assert.Equal(["enter body"], log);
    }

    [Fact]
    public void Leaving_a_foreach_does_not_close_the_generator_and_one_can_go_on()
    {
        var log = new List<string>();
        var generator = Generator.Start<int>(exchange => Bodies.Noting(exchange, "body", log));

        foreach (var value in generator)
        {
            Assert.Equal(1, value);
            break;
        }

        Assert.Equal(["enter body"], log);
        Assert.Equal(1, generator.Current);
        Assert.Equal(2, generator.Next());
        Assert.Throws<GeneratorCompletedException>(() => generator.Next());
        Assert.Equal(["enter body", "end body", "leave body"], log);
    }

    [Fact]
    public void Leaving_a_foreach_by_an_error_does_not_close_the_generator_either()
    {
        var generator = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 3));

        Assert.Throws<FormatException>(() =>
        {
            foreach (var _ in generator)
            {
                Bodies.Explode();
            }
        });

        Assert.Equal(2, generator.Next());
    }

    [Fact]
    public void A_second_foreach_goes_on_where_the_first_was_left_and_Next_in_between_too()
    {
        var generator = Generator.Start<int>(exchange => Bodies.CountTo(exchange, 6));
        var values = new List<int> { generator.Next() };

        foreach (var value in generator)
        {
            values.Add(value);
            if (value == 3)
            {
                break;
            }
        }

        values.Add(generator.Next());
        foreach (var value in generator)
        {
            values.Add(value);
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], values);
        generator.AssertEnded();
    }

    [Fact]
    public void Two_enumerations_share_the_generators_progress()
    {
        var generator = Generator.Start<int>(Bodies.Count);
        using var first = generator.GetEnumerator();
        using var second = generator.GetEnumerator();

        Assert.True(first.MoveNext());
        Assert.True(second.MoveNext());
        Assert.Equal(2, second.Current);
        Assert.True(first.MoveNext());
        Assert.Equal(3, first.Current);
    }

    [Fact]
    public void Within_a_foreach_the_generator_can_be_sent_to_and_stepped()
    {
        var generator = Generator.Start<int, int>(Bodies.Echo);
        var seen = new List<int>();

        foreach (var value in generator)
        {
            seen.Add(value);
            seen.Add(generator.Send(7));
            if (seen.Count == 4)
            {
                break;
            }
        }

        Assert.Equal([0, 7, 0, 7], seen);
    }

    [Fact]
    public void LINQ_works_and_takes_no_more_than_it_needs()
    {
        var generator = Generator.Start<int>(Bodies.Count);

        Assert.Equal([10, 20, 30], generator.Take(3).Select(x => 10 * x).ToArray());
        Assert.Equal(4, generator.First());
        Assert.False(generator.IsCompleted);
        Assert.Equal(6, generator.First(x => x % 3 == 0));
        Assert.Equal(7, generator.Next());
        Assert.Equal(10, Generator.Start<int>(exchange => Bodies.CountTo(exchange, 4)).Sum());
        Assert.Equal([(1, 1), (2, 2)], Generator.Start<int>(Bodies.Count).Zip(Generator.Start<int>(exchange => Bodies.CountTo(exchange, 2))));
    }

    [Fact]
    public void The_non_generic_enumeration_gives_the_same()
    {
        IEnumerable generator = Generator.Start<int, int, int>(exchange => Bodies.SumOf(exchange, 2));

        Assert.Equal([0, 0], generator.Cast<int>());
    }

    [Fact]
    public void An_error_of_the_body_comes_out_of_the_foreach_and_of_TryNext()
    {
        var first = Generator.Start<int>(YieldAndExplode);
        var second = Generator.Start<int>(YieldAndExplode);
        var seen = new List<int>();

        Assert.Throws<FormatException>(() => seen.AddRange(first));
        Assert.True(second.TryNext(out _));
        Assert.Throws<FormatException>(() => second.TryNext(out _));

        first.AssertEnded();
        second.AssertEnded();
    }

    private static async Coroutine YieldAndExplode(Exchange<int> exchange)
    {
        await exchange.Yield(1);
        Bodies.Explode();
    }
}
