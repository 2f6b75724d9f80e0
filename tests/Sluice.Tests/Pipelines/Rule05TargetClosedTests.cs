namespace Sluice.Tests;

/// <summary>Tests which stages get a <see cref="TargetClosedException"/> in a pipeline, and what it means when it escapes.</summary>
public sealed class Rule05TargetClosedTests
{
    private readonly Numbers _numbers = new();

    [Fact]
    public async Task Rule_05_the_end_of_all_outputs_is_raised_at_the_receive_that_waits()
    {
        TargetClosedException? raised = null;
        var run = Source.From(_numbers.Endless()).Through<int>(async (items, next) =>
        {
            while (true)
            {
                int item;
                try
                {
                    item = await items.ReceiveAsync();
                }
                catch (TargetClosedException ended)
                {
                    raised = ended;
                    throw;
                }

                await next.SendAsync(item);
            }
        }, "feeder").Take(2).Named("two").To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1, 2], await Wait.For(run));
        Assert.Equal(("two", false), (raised!.TargetName, raised.Failed));
        Assert.Equal(2, _numbers.Produced);
    }

    [Fact]
    public async Task Rule_05_a_stage_that_catches_it_may_finish_its_work_before_it_ends()
    {
        var (caught, work) = (new Signal(), new Signal());
        var finished = false;
        var run = Source.From(_numbers.Endless()).Through<int>(async (items, next) =>
        {
            try
            {
                await foreach (var item in items)
                {
                    await next.SendAsync(item);
                }
            }
            catch (TargetClosedException)
            {
                caught.Set();
                await work.Task;
                finished = true;
            }
        }).Take(3).To(Sink.ToList<int>()).RunAsync();
        await Wait.For(caught.Task);
        Assert.False(run.IsCompleted);

        work.Set();

        Assert.Equal([1, 2, 3], await Wait.For(run));
        Assert.True(finished);
        Assert.Equal(1, _numbers.Ended);
    }

    [Fact]
    public async Task Rule_05_a_stage_that_catches_it_may_go_on_receiving_and_gets_it_only_once()
    {
        var caught = 0;
        var received = new List<int>();
        var run = Source.From(Enumerable.Range(1, 10).Select(x => x)).Through<int>(async (items, next) =>
        {
            var open = true;
            while (true)
            {
                try
                {
                    var item = await items.ReceiveAsync();
                    received.Add(item);
                    if (open)
                    {
                        await next.SendAsync(item);
                    }
                }
                catch (TargetClosedException)
                {
                    caught++;
                    open = false;
                }
            }
        }).Take(3).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1, 2, 3], await Wait.For(run));
        Assert.Equal(Enumerable.Range(1, 10), received);
        Assert.Equal(1, caught);
    }

    [Fact]
    public async Task Rule_05_a_send_to_an_ended_output_throws_it_and_it_may_escape()
    {
        var run = Source.From(_numbers.Endless()).SelectMany(x => new[] { x, x, x }).Take(4).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1, 1, 1, 2], await Wait.For(run));
        Assert.Equal(2, _numbers.Produced);
    }

    [Fact]
    public async Task Rule_05_when_it_escapes_in_the_middle_of_an_item_the_sender_gets_a_new_one_with_this_nodes_port()
    {
        TargetClosedException? seen = null;
        var run = Source.From(_numbers.Endless()).Through<int>(async (items, next) =>
        {
            try
            {
                await next.SendAsync(await items.ReceiveAsync());
            }
            catch (TargetClosedException ended)
            {
                seen = ended;
                throw;
            }
        }).SelectMany(x => new[] { x, x }).Named("twice").Take(1).Named("one").To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1], await Wait.For(run));
        Assert.Equal("twice", seen!.TargetName);
        Assert.Equal("one", Assert.IsType<TargetClosedException>(seen.InnerException).TargetName);
    }

    [Fact]
    public async Task Rule_05_the_exception_of_a_target_that_was_started_by_hand_is_a_failure_of_the_stage()
    {
        var foreign = Target.Start<int>(async items => await items.ReceiveAsync(), "foreign");
        var run = Source.From([1, 2, 3]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await foreign.SendAsync(item);
            }
        }, "borrower").To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(run));
        Assert.Equal("foreign", error.TargetName);
        Assert.Equal("borrower", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task Rule_05_the_closed_inbox_of_another_coroutine_is_a_failure_of_the_stage()
    {
        InboxClosedException? other = null;
        var foreign = Target.Start<int>(async items =>
        {
            try
            {
                await items.ReceiveAsync();
            }
            catch (InboxClosedException closed)
            {
                other = closed;
            }
        });
        await Wait.For(foreign.CloseAsync());
        var run = Source.From([1]).To(async items =>
        {
            await items.ReceiveAsync();
            throw other!;
        }, "thrower").RunAsync();

        var error = await Assert.ThrowsAsync<InboxClosedException>(() => Wait.For(run));
        Assert.Same(other, error);
        Assert.Equal("thrower", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task Rule_05_sends_that_wait_get_it_when_the_receiver_ends()
    {
        var signal = new Signal();
        var sends = new List<Task>();
        var run = Source.Create<int>(async (next, _) =>
        {
            for (var i = 1; i <= 3; i++)
            {
                sends.Add(next.SendAsync(i).AsTask());
            }

            await Task.WhenAll(sends);
        }).To(async items =>
        {
            var item = await items.ReceiveAsync();
            await signal.Task;
            return item;
        }).RunAsync();
        Assert.All(sends, send => Assert.False(send.IsCompleted));

        signal.Set();

        Assert.Equal(1, await Wait.For(run));
        await Wait.For(sends[0]);
        Assert.False((await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(sends[1]))).Failed);
        Assert.False((await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(sends[2]))).Failed);
    }

    [Fact]
    public async Task Rule_05_after_a_receiver_failed_later_sends_tell_the_cause()
    {
        TargetClosedException? second = null;
        var cause = new FormatException("bad item");
        var run = Source.From([1, 2]).Through<int>(async (items, next) =>
        {
            var item = await items.ReceiveAsync();
            await Assert.ThrowsAsync<FormatException>(async () => await next.SendAsync(item));
            second = await Assert.ThrowsAsync<TargetClosedException>(async () => await next.SendAsync(item));
        }).To(async items =>
        {
            await items.ReceiveAsync();
            throw cause;
        }, "failing").RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("failing", true), (second!.TargetName, second.Failed));
        Assert.Same(cause, second.InnerException);
    }
}
