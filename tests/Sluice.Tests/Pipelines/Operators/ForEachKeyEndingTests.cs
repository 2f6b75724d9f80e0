using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>The ends of the keys' coroutines, other than by a close.</summary>
public sealed class ForEachKeyEndingTests
{
    private readonly List<string> _notes = [];

    [Fact]
    public async Task A_failure_of_one_key_carries_stage_and_key_and_is_raised_in_the_others_in_order()
    {
        var (cause, numbers) = (new FormatException(), new Numbers());
        var run = Source.From(numbers.Endless()).ForEachKey<int, int, int>(x => x % 4, (key, items, next) => Noting(key, items, next, bad: 6, cause)).Named("bad").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("bad", 2), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"]));
        Assert.Equal(["2 ends", "1 FormatException", "1 ends", "3 FormatException", "3 ends", "0 FormatException", "0 ends"], _notes);
        Assert.Equal((6, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task So_does_a_failure_before_the_first_receive()
    {
        var cause = new FormatException();
        var run = Source.From("ab").ForEachKey<char, char, char>(x => x, (key, items, next) => key == 'b' ? throw cause : Stages.Pass(items, next)).Named("bad").To(Sink.Count<char>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("bad", 'b'), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"]));
    }

    [Fact]
    public async Task So_does_a_failure_at_the_close()
    {
        var cause = new FormatException();
        var run = Source.From("abc").ForEachKey<char, char, char>(x => x, async (key, items, next) =>
        {
            await Noting(key, items, next);
            _ = key == 'b' ? throw cause : key;
        }).Named("bad").To(Sink.Count<char>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("bad", 'b'), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"]));
        Assert.Equal(["a closed", "a ends", "b closed", "b ends", "c FormatException", "c ends"], _notes);
    }

    [Fact]
    public async Task Of_nested_keys_a_failure_carries_the_innermost()
    {
        var cause = new FormatException();
        var run = Source.From([12]).ForEachKey<int, string, int>(_ => "outer", async (_, items, next) =>
        {
            await using var inner = Target.Start<int>(async inbox =>
            {
                await foreach (var item in inbox)
                {
                    cause.Data["Sluice.Key"] = "inner";
                    throw cause;
                }
            });
            await inner.SendAsync(await items.ReceiveAsync());
        }).To(Sink.Count<int>()).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("inner", cause.Data["Sluice.Key"]);
    }

    [Fact]
    public async Task A_failure_before_it_is_raised_in_each_coroutine_and_one_that_catches_it_is_closed_and_may_send()
    {
        var (cause, seen) = (new FormatException(), new List<char>());
        var run = Source.From("abc".Select(x => x == 'c' ? throw cause : x)).Named("bad").ForEachKey<char, char, char>(x => x, async (key, items, next) =>
        {
            try
            {
                await Noting(key, items, next);
            }
            catch (FormatException) when (key == 'a')
            {
                await Noting('A', items, next);
                await next.SendAsync('A');
            }
        }).To(Sink.ForEach<char>(seen.Add)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.False(cause.Data.Contains("Sluice.Key"));
        Assert.Equal(["a FormatException", "a ends", "A closed", "A ends", "b FormatException", "b ends"], _notes);
        Assert.Equal("abA", string.Concat(seen));
    }

    [Fact]
    public async Task An_early_end_behind_it_ends_every_coroutine()
    {
        var numbers = new Numbers();
        var seen = await Wait.For(Source.From(numbers.Endless()).ForEachKey<int, int, int>(x => x % 3, (key, items, next) => Noting(key, items, next)).Take(4).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([1, 2, 3, 4], seen);
        Assert.Equal(["1 TargetClosedException", "1 ends", "2 TargetClosedException", "2 ends", "0 TargetClosedException", "0 ends"], _notes);
        Assert.Equal((4, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task An_early_end_in_the_middle_of_an_item_ends_every_coroutine()
    {
        var numbers = new Numbers();
        var seen = await Wait.For(Source.From(numbers.Endless()).ForEachKey<int, int, int>(x => x % 3, async (key, items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
                await next.SendAsync(-item);
            }
        }).Take(5).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([1, -1, 2, -2, 3], seen);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task An_early_end_while_the_keys_are_closed_is_quiet()
    {
        var seen = await Wait.For(Source.From("abc").ForEachKey<char, char, char>(x => x, async (key, items, next) =>
        {
            await Stages.Drain(items);
            await next.SendAsync(key);
        }).Take(2).To(Sink.ToList<char>()).RunAsync());

        Assert.Equal("ab", string.Concat(seen));
    }

    [Fact]
    public async Task A_cancellation_is_raised_in_every_coroutine()
    {
        using var stop = new CancellationTokenSource();
        var channel = Channel.CreateUnbounded<char>();
        Assert.True(channel.Writer.TryWrite('a') && channel.Writer.TryWrite('b'));
        var run = Source.From(channel.Reader).ForEachKey<char, char, char>(x => x, (key, items, next) => Noting(key, items, next)).To(Sink.Count<char>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal(["a OperationCanceledException", "a ends", "b OperationCanceledException", "b ends"], _notes);
    }

    [Fact]
    public async Task A_coroutine_that_waits_is_waited_for_when_the_run_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var (signal, seen) = (new Signal(), new List<char>());
        var run = Source.From("ab").ForEachKey<char, char, char>(x => x, async (key, items, next) =>
        {
            await items.ReceiveAsync();
            try
            {
                await signal.Task;
                await next.SendAsync(key);
            }
            finally
            {
                _notes.Add($"{key} ends");
            }
        }).To(Sink.ForEach<char>(seen.Add)).RunAsync(stop.Token);

        await stop.CancelAsync();
        Assert.False(run.IsCompleted);
        signal.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal(["a ends"], _notes);
        Assert.Empty(seen);
    }

    [Fact]
    public async Task What_goes_wrong_in_another_key_by_a_failure_is_reported_too()
    {
        var (first, second) = (new FormatException(), new InvalidDataException());
        var run = Source.From("abc").ForEachKey<char, char, char>(x => x, (key, items, next) => FailingAtEnd(key, items, second, first)).To(Sink.Count<char>()).RunAsync();

        Assert.Same(first, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal([first, second], run.Exception!.InnerExceptions);
        Assert.Equal(('c', 'a'), (first.Data["Sluice.Key"], second.Data["Sluice.Key"]));
    }

    [Fact]
    public async Task What_goes_wrong_in_a_key_by_an_early_end_fails_the_stage()
    {
        var (first, numbers) = (new FormatException(), new Numbers());
        var run = Source.From(numbers.Endless()).ForEachKey<int, int, int>(x => x % 2, async (key, items, next) =>
        {
            try
            {
                await Stages.Pass(items, next);
            }
            catch (TargetClosedException) when (key == 0)
            {
                throw first;
            }
        }).Named("bad").Take(4).To(Sink.Count<int>()).RunAsync();

        Assert.Same(first, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("bad", 0), (first.Data["Sluice.Stage"], first.Data["Sluice.Key"]));
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task The_stack_of_an_error_does_not_grow_with_the_number_of_keys()
    {
        var run = Source.From(Enumerable.Range(0, 501)).ForEachKey<int, int, int>(x => x, (key, items, next) => Noting(key, items, next, bad: 500, new FormatException())).To(Sink.Count<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.InRange(error.StackTrace!.Split('\n').Length, 2, 60);
    }

    [Fact]
    public async Task A_comparer_that_fails_does_not_keep_the_coroutines_from_ending()
    {
        var cause = new FormatException();
        var comparer = EqualityComparer<int>.Create((x, y) => x == y, key => key == 3 ? throw cause : key);
        var run = Source.From([1, 2, 3]).ForEachKey<int, int, int>(x => x, (key, items, next) => Noting(key, items, next), comparer: comparer).Named("bad").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(["1 FormatException", "1 ends", "2 FormatException", "2 ends"], _notes);
    }

    [Fact]
    public async Task A_key_that_is_null_is_a_failure()
    {
        var run = Source.From(["a", null!]).ForEachKey<string, string, string>(x => x, (_, items, next) => Stages.Pass(items, next)).Named("bad").To(Sink.Count<string>()).RunAsync();

        var error = await Assert.ThrowsAsync<ArgumentNullException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
    }

    private async Coroutine Noting<TKey, T>(TKey key, Inbox<T> items, Target<T> next, T? bad = default, Exception? error = null)
    {
        try
        {
            while (true)
            {
                T item;
                try
                {
                    item = await items.ReceiveAsync();
                }
                catch (InboxClosedException)
                {
                    _notes.Add($"{key} closed");
                    return;
                }
                catch (Exception raised)
                {
                    _notes.Add($"{key} {raised.GetType().Name}");
                    throw;
                }

                await next.SendAsync(error is not null && EqualityComparer<T>.Default.Equals(item, bad) ? throw error : item);
            }
        }
        finally
        {
            _notes.Add($"{key} ends");
        }
    }

    /// <summary>The key c fails with its item; the key a fails when it hears of that.</summary>
    private static async Coroutine FailingAtEnd(char key, Inbox<char> items, Exception whenRaised, Exception atItem)
    {
        try
        {
            await foreach (var item in items)
            {
                _ = item == 'c' ? throw atItem : item;
            }
        }
        catch (FormatException) when (key == 'a')
        {
            throw whenRaised;
        }
    }
}
