using System.Globalization;
using System.Text;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Rules 4, 11 and 12: failures on either side.</summary>
public abstract partial class EnvironmentContract
{
    [Fact]
    public async Task Rule_12_A_failure_there_fails_the_run_with_type_message_stack_and_stage()
    {
        var numbers = new Numbers();
        var run = Last(There(Source.From(numbers.Endless()), Few).Through<int>(static (items, next) => Parts.FailAt(items, next, 3), "bad")).To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(("failed at 3", "bad"), (error.Message, error.Data["Sluice.Stage"]));
        Assert.Contains(nameof(Parts.FailAt), error.StackTrace);
        Assert.Contains(nameof(Parts.FailAt), error.ToString());
        Assert.Same(error, Assert.Single(run.Exception!.InnerExceptions));
        Assert.Equal(1, numbers.Ended);
        Assert.InRange(numbers.Produced, 3, 3 + MostInVain);
    }

    [Fact]
    public async Task Rule_12_A_failure_of_a_source_there_fails_the_run()
    {
        var source = Source.From([1, 0, 2]).Select(static item => 1 / item).Named("divide");
        var options = new RunOptions { Placement = { ["From"] = _place.Make(Few), ["divide"] = _place.Make(Few) } };

        var pipeline = source.To(Sink.ToList<int>());
        if (!_place.TakesEnds)
        {
            await AssertRefused(() => pipeline.RunAsync(options), "'From'");
            return;
        }

        var error = await Assert.ThrowsAsync<DivideByZeroException>(() => Wait.For(pipeline.RunAsync(options)));
        Assert.Equal("divide", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task Rule_11_A_failure_here_is_thrown_in_there_and_then_the_inbox_closes()
    {
        var (post, cause) = (Post, new FormatException("from here"));
        var run = There(Numbered(10).Select(item => Stages.ThrowAt(item, 5, cause)).Named("bad")).To(items => Parts.SayWhatComes(items, post)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(["FormatException: from here", "closed"], _lookout.Heard);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task Rule_11_A_failure_there_is_thrown_in_here_and_then_the_inbox_closes()
    {
        var post = Post;
        var run = Back(There(Numbered(10)).Through<int>(static (items, next) => Parts.FailAt(items, next, 5), "bad")).To(items => Parts.SayWhatComes(items, post)).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
        Assert.Equal(["FormatException: failed at 5", "closed"], _lookout.Heard);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task Rule_12_A_failure_here_behind_a_part_there_ends_it_and_the_source()
    {
        var (post, cause, numbers) = (Post, new FormatException(), new Numbers());
        var run = Back(There(Source.From(numbers.Endless()), Few).Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally")))
            .Select(item => Stages.ThrowAt(item, 5, cause)).Named("bad").To(Sink.ToList<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Same(cause, Assert.Single(run.Exception!.InnerExceptions));
        Assert.Equal(["finally"], _lookout.Heard);
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task Rule_4_A_sender_here_that_catches_the_failure_there_gets_it_or_its_cause_and_the_run_fails_all_the_same()
    {
        var caught = (Exception?)null;
        var run = Last(There(Source.From(new Numbers().Endless()).Through<int>(async (items, next) =>
        {
            try
            {
                await Stages.Pass(items, next);
            }
            catch (Exception error)
            {
                caught = error;
            }
        }), Few).Through<int>(static (items, next) => Parts.FailAt(items, next, 3))).To(Sink.ToList<int>()).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("failed at 3", Assert.Single(caught!.SelfAndInner().OfType<FormatException>()).Message);
    }

    [Fact]
    public async Task A_failure_there_before_the_first_item_takes_nothing_from_the_source()
    {
        var numbers = new Numbers();
        var run = There(Source.From(numbers.Endless())).To(static async items =>
        {
            await Task.CompletedTask;
            throw new FormatException("at once");
        }).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(0, numbers.Produced);
    }

    [Fact]
    public async Task An_exception_of_the_application_comes_from_there_with_its_fields()
    {
        var run = There(Numbered(1)).To(static async items =>
        {
            await items.ReceiveAsync();
            throw new OrderRejectedException(7, "late", DayOfWeek.Sunday, new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc));
        }).RunAsync();

        var error = await Assert.ThrowsAsync<OrderRejectedException>(() => Wait.For(run));
        Assert.Equal(new OrderRejectedException(7, "late", DayOfWeek.Sunday, new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc)).Details, error.Details);
        Assert.Equal("Order 7 was rejected.", error.Message);
    }

    [Fact]
    public async Task An_exception_of_a_type_that_is_not_known_here_keeps_its_name_message_stack_and_stage()
    {
        var run = There(Numbered(1)).To(static async items =>
        {
            await items.ReceiveAsync();
            throw UnknownExceptions.Create("made there");
        }, "bad").RunAsync();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(run));
        var remote = error as RemoteStageException;
        Assert.Equal(_place.IsRemote, remote is not null);
        Assert.Equal(UnknownExceptions.TypeName, remote?.TypeName ?? error.GetType().FullName);
        Assert.Equal(("made there", "bad"), (error.Message, remote?.StageName ?? error.Data["Sluice.Stage"]));
        Assert.Contains(nameof(An_exception_of_a_type_that_is_not_known_here_keeps_its_name_message_stack_and_stage), error.ToString());
    }

    [Fact]
    public async Task Rule_12_All_failures_are_reported_the_first_one_first()
    {
        var run = Last(There(Numbered(10).Through<int>(static (items, next) => Parts.FailAt(items, next, 5), "first"))
            .Through<int>(Parts.FailInTurn, "second")).To(Sink.ToList<int>()).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(["failed at 5", "in turn"], run.Exception!.InnerExceptions.Select(static error => error.Message));
        Assert.Equal(["first", "second"], run.Exception!.InnerExceptions.Select(static error => error.Data["Sluice.Stage"]));
    }

    [Fact]
    public async Task Rule_12_Failures_of_a_part_there_are_reported_in_their_order()
    {
        var run = Back(There(Numbered(10)).Through<int>(static (items, next) => Parts.FailAt(items, next, 5), "first").Through<int>(Parts.FailInTurn, "second"))
            .To(Sink.ToList<int>()).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(["first", "second"], run.Exception!.InnerExceptions.Select(static error => error.Data["Sluice.Stage"]));
    }

    [Fact]
    public async Task Rule_12_A_child_there_that_failed_and_was_never_awaited_fails_the_run()
    {
        var run = There(Numbered(3)).To(static async items =>
        {
            _ = Lost();
            await Stages.Drain(items);

            static async Coroutine Lost()
            {
                await Task.CompletedTask;
                throw new FormatException("lost");
            }
        }).RunAsync();

        Assert.Equal("lost", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Message);
    }

    [Fact]
    public async Task An_error_policy_there_handles_the_failure_of_an_item()
    {
        var stage = Stage.Create<int, int>(static (items, next) => Parts.FailAt(items, next, 3)).OnError(ErrorPolicy.Skip.For<FormatException>());
        Assert.Equal([0, 1, 2, 4, 5], await ListOf(Back(There(Numbered(6)).Through(stage))));

        var strict = Stage.Create<int, int>(static (items, next) => Parts.FailAt(items, next, 3)).OnError(ErrorPolicy.Retry(2));
        Assert.Equal("failed at 3", (await Assert.ThrowsAsync<FormatException>(() => ListOf(Back(There(Numbered(6)).Through(strict))))).Message);
    }

    [Fact]
    public async Task An_error_policy_there_is_for_each_line_of_a_piece()
    {
        var lines = Stage.Select<int, ReadOnlyMemory<byte>>(static item => Encoding.UTF8.GetBytes($"{item}\nbad\n1{item}"))
            | Stage.SplitLines<int>(static () => static (line, _) => int.Parse(line, CultureInfo.InvariantCulture)).OnError(ErrorPolicy.Skip);

        Assert.Equal([0, 101, 112, 12], await ListOf(Back(There(Numbered(3)).Through(lines))));
    }

    [Fact]
    public async Task A_cancellation_there_that_is_not_the_runs_is_a_failure_like_any_other()
    {
        var run = There(Numbered(3)).To(static async items =>
        {
            await items.ReceiveAsync();
            throw new OperationCanceledException("mine");
        }).RunAsync();

        Assert.Equal("mine", (await Assert.ThrowsAsync<OperationCanceledException>(() => Wait.For(run))).Message);
        Assert.True(run.IsFaulted);
    }
}
