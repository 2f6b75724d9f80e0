using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Rule 10: errors thrown into a target on the other side.</summary>
public abstract partial class EnvironmentContract
{
    [Fact]
    public async Task Rule_10_An_error_thrown_in_is_caught_there_at_its_place_among_the_items_and_the_stage_goes_on()
    {
        var post = Post;
        var source = There(Numbered(4).Through<int>((items, next) => Parts.ThrowAt(items, next, 2, post)));
        Assert.Equal(["0", "1", "not 2", "3"], await ListOf(Back(source.Through<string>((items, next) => Parts.CatchFormat(items, next, post)))));
        Assert.Equal(["not 2", "came back: nothing"], _lookout.Heard);
    }

    [Fact]
    public async Task Rule_10_An_error_thrown_in_from_there_is_caught_here_at_its_place_among_the_items_and_the_stage_goes_on()
    {
        var post = Post;
        var source = Back(There(Numbered(4)).Through<int>((items, next) => Parts.ThrowAt(items, next, 2, post)));
        Assert.Equal(["0", "1", "not 2", "3"], await ListOf(source.Through<string>((items, next) => Parts.CatchFormat(items, next, post))));
        Assert.Equal(["not 2", "came back: nothing"], _lookout.Heard);
    }

    [Fact]
    public async Task Rule_10_An_error_thrown_in_that_nobody_catches_there_comes_back_and_fails_the_run()
    {
        var post = Post;
        var run = Last(There(Numbered(4).Through<int>((items, next) => Parts.ThrowAt(items, next, 2, post)))
            .Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"), "pass")).To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(("not 2", "pass"), (error.Message, error.Data["Sluice.Stage"]));
        Assert.Equal(["finally", "came back: not 2"], _lookout.Heard);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task Rule_10_An_error_thrown_in_from_there_that_nobody_catches_here_comes_back_and_fails_the_run()
    {
        var post = Post;
        var run = Back(There(Numbered(4)).Through<int>((items, next) => Parts.ThrowAt(items, next, 2, post)))
            .Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"), "pass").To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(("not 2", "pass"), (error.Message, error.Data["Sluice.Stage"]));
        Assert.Equal(["finally", "came back: not 2"], _lookout.Heard);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task Rule_10_Errors_of_all_types_come_over_there_as_what_they_are()
    {
        Exception[] errors =
        [
            new ArgumentOutOfRangeException("count", 5, "too large"), new ArgumentOutOfRangeException("time", TimeSpan.FromSeconds(1.5), "too long"),
            new ArgumentOutOfRangeException("day", DayOfWeek.Monday, "no day of work"), new ArgumentOutOfRangeException("text", "a:b", "not that one"), new ArgumentOutOfRangeException("part", new Version(1, 2), "not yet"),
            new System.Runtime.CompilerServices.SwitchExpressionException(2.5m), new ArgumentOutOfRangeException("count", "too large"), new FileNotFoundException("no file", "a.txt"), new KeyNotFoundException(), new TimeoutException("late"),
            new System.Text.Json.JsonException("bad", "$.a", 3, 4), new System.Net.Sockets.SocketException(104), new AggregateException("both", new FormatException("one"), new ArithmeticException("two")),
            new InvalidOperationException("outer", new IOException("inner", 17)), new OrderRejectedException(5, "no stock", DayOfWeek.Monday, new(2024, 5, 6)), new("plain"), new ObjectDisposedException("thing"),
        ];
        var seen = await ListOf(Back(There(Numbered(errors.Length).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.ThrowAsync(errors[item]);
            }
        })).Through<string>(static async (items, next) =>
        {
            while (true)
            {
                var text = "";
                try
                {
                    await items.ReceiveAsync();
                }
                catch (Exception error) when (error is not InboxClosedException)
                {
                    text = Described(error);
                }

                await next.SendAsync(text);
            }
        })));

        Assert.Equal(errors.Select(Described), seen);
    }

    private static string Described(Exception error) =>
        $"{error.GetType()} {error.HResult:x}: {error.Message}; {(error as ArgumentException)?.ParamName}{(error as ArgumentOutOfRangeException)?.ActualValue}{(error as System.Runtime.CompilerServices.SwitchExpressionException)?.UnmatchedValue}{(error as FileNotFoundException)?.FileName}{(error as System.Net.Sockets.SocketException)?.ErrorCode}"
        + $"{(error as System.Text.Json.JsonException)?.LineNumber}{(error as OrderRejectedException)?.Details} "
        + string.Concat(error is AggregateException several ? several.InnerExceptions.Select(Described) : error.InnerException is { } inner ? [Described(inner)] : []);
}
