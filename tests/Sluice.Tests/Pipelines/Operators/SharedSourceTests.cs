using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class SharedSourceTests
{
    private readonly Channel<int> _items = Channel.CreateUnbounded<int>();
    private int _runs;
    private int _ended;

    /// <summary>The items that are pushed; counts its runs and their ends.</summary>
    private Source<int> Items => Source.Create<int>(async (next, cancellation) =>
    {
        Interlocked.Increment(ref _runs);
        try
        {
            while (await _items.Reader.WaitToReadAsync(cancellation))
            {
                while (_items.Reader.TryRead(out var item))
                {
                    await next.SendAsync(item);
                }
            }
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    });

    [Fact]
    public async Task Each_subscriber_gets_what_comes_from_then_on_and_the_end()
    {
        await using var hub = Items.Share();
        var first = new Subscriber(hub);
        await Attached(hub, 1);
        Push(1, 2);
        await first.Has(1, 2);
        var second = new Subscriber(hub);
        await Attached(hub, 2);
        Push(3);
        _items.Writer.Complete();

        await Wait.For(first.Run);
        await Wait.For(second.Run);
        await Wait.For(hub.Completion);
        Assert.Equal([1, 2, 3], first.Seen);
        Assert.Equal([3], second.Seen);
        Assert.Equal((1, 1, 0), (_runs, _ended, hub.Subscribers));
    }

    [Fact]
    public async Task The_latest_items_are_replayed_to_who_comes_later_also_after_the_end()
    {
        await using var hub = Items.Share(new() { Replay = 2 });
        var first = new Subscriber(hub);
        await Attached(hub, 1);
        Push(1, 2, 3);
        await first.Has(1, 2, 3);
        var second = new Subscriber(hub);
        await second.Has(2, 3);
        Push(4);
        _items.Writer.Complete();
        await Wait.For(second.Run);
        var third = new Subscriber(hub);

        await Wait.For(third.Run);
        Assert.Equal([2, 3, 4], second.Seen);
        Assert.Equal([3, 4], third.Seen);
    }

    [Fact]
    public async Task No_item_is_missing_or_there_twice_however_late_a_subscriber_comes()
    {
        const int Count = 5000;
        await using var hub = Source.From(Enumerable.Range(0, Count)).Share(new() { Replay = 1, Capacity = 3 });
        var subscribers = new List<Subscriber> { new(hub) };
        for (var i = 0; i < 50; i++)
        {
            await Task.Yield();
            subscribers.Add(new(hub));
        }

        foreach (var subscriber in subscribers)
        {
            await Wait.For(subscriber.Run);
            Assert.Equal(Enumerable.Range(Count - subscriber.Seen.Count, subscriber.Seen.Count), subscriber.Seen);
        }

        Assert.Equal(Count, subscribers[0].Seen.Count);
    }

    [Fact]
    public async Task A_failure_is_that_of_all_subscribers_also_of_those_that_come_afterwards()
    {
        var cause = new FormatException();
        await using var hub = Items.Share(new() { Replay = 1 });
        var first = new Subscriber(hub);
        await Attached(hub, 1);
        Push(1);
        _items.Writer.Complete(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(first.Run)));
        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(hub.Completion)));
        var second = new Subscriber(hub);
        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(second.Run)));
        Assert.Equal([1], first.Seen);
        Assert.Equal([1], second.Seen);
    }

    [Fact]
    public async Task Without_a_subscriber_it_waits_with_its_next_item()
    {
        var numbers = new Numbers();
        await using var hub = Source.From(numbers.Endless()).Share();
        Assert.Equal([1, 2, 3], await Wait.For(hub.Source.Take(3).To(Sink.ToList<int>()).RunAsync()));
        await Attached(hub, 0);
        var produced = numbers.Produced;

        var next = await Wait.For(hub.Source.Take(1).To(Sink.First<int>()).RunAsync());
        Assert.InRange(produced, 3, 3 + 18); // what waited for the first one, what that had taken when it ended, and the item with which it waits
        Assert.InRange(next, 4, 3 + 19);
    }

    [Fact]
    public async Task Without_a_subscriber_it_drops_if_it_is_told_to()
    {
        await using var hub = Items.Share(new() { Replay = 1, WithoutSubscribers = WithoutSubscribers.Drop });
        hub.Start();
        hub.Start();
        Push(1, 2, 3);
        await Wait.Until(() => hub.Dropped == 3, "three items that are dropped");
        var subscriber = new Subscriber(hub);
        await Attached(hub, 1);
        Push(4);
        _items.Writer.Complete();

        await Wait.For(subscriber.Run);
        Assert.Equal([3, 4], subscriber.Seen);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Without_a_subscriber_it_stops_and_starts_again_with_the_next_if_it_is_told_to()
    {
        await using var hub = Items.Share(new() { Replay = 5, WithoutSubscribers = WithoutSubscribers.Stop });
        Assert.Throws<InvalidOperationException>(hub.Start);
        Assert.Equal(0, _runs);
        for (var round = 1; round <= 3; round++)
        {
            var (first, second) = (new Subscriber(hub), new Subscriber(hub));
            await Attached(hub, 2);
            Push(round);
            await first.Has(round);
            await second.Has(round);
            await first.Leave();
            Push(round + 10);
            await second.Has(round, round + 10);
            Assert.Equal((round, round - 1), (_runs, _ended));
            await second.Leave();
            await Wait.Until(() => Volatile.Read(ref _ended) == round, "the end of the source");
        }

        Assert.False(hub.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_slow_subscriber_keeps_the_others_waiting()
    {
        var numbers = new Numbers();
        await using var hub = Source.From(numbers.Endless()).Share(new() { Capacity = 2 });
        var slow = new Subscriber(hub, takes: 1);
        await slow.Has(1);
        await Wait.Until(() => numbers.Produced == 4, "the items that one subscriber has room for, and one more"); // 1 handled, 2 and 3 wait, 4 has no room
        var other = new Subscriber(hub);
        await Attached(hub, 2);
        Assert.Equal(4, numbers.Produced);

        await slow.Leave();
        await Wait.Until(() => other.Seen.Count > 10, "items of the other one");
        await other.Leave();
        Assert.Equal(5, other.Seen[0]);
    }

    [Theory]
    [InlineData(OnFull.DropOldest, new[] { 1, 4, 5 })]
    [InlineData(OnFull.DropNewest, new[] { 1, 2, 3 })]
    public async Task A_slow_subscriber_loses_items_by_itself_if_the_option_says_so(OnFull onFull, int[] expected)
    {
        await using var hub = Items.Share(new() { Capacity = 2, OnFull = onFull });
        var (slow, quick) = (new Subscriber(hub, takes: 1), new Subscriber(hub));
        await Attached(hub, 2);
        foreach (var item in Enumerable.Range(1, 5))
        {
            Push(item);
            await quick.Has([.. Enumerable.Range(1, item)]);
            if (item == 1)
            {
                await slow.Has(1);
            }
        }

        _items.Writer.Complete();
        slow.GoOn();
        await Wait.For(slow.Run);
        await Wait.For(quick.Run);
        Assert.Equal(expected, slow.Seen);
        Assert.Equal(2, hub.Dropped);
    }

    [Fact]
    public async Task A_slow_subscriber_fails_by_itself_if_the_option_says_so()
    {
        await using var hub = Items.Share(new() { Capacity = 2, OnFull = OnFull.Fail });
        var (slow, quick) = (new Subscriber(hub, takes: 1), new Subscriber(hub));
        await Attached(hub, 2);
        foreach (var item in Enumerable.Range(1, 5))
        {
            Push(item);
            await quick.Has([.. Enumerable.Range(1, item)]);
            if (item == 1)
            {
                await slow.Has(1);
            }
        }

        slow.GoOn();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(slow.Run));
        Assert.Contains("2 items of the shared source wait for this subscriber", error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], slow.Seen);
        _items.Writer.Complete();
        await Wait.For(quick.Run);
    }

    [Fact]
    public async Task A_subscriber_that_fails_changes_nothing_for_the_others()
    {
        await using var hub = Items.Share();
        var other = new Subscriber(hub);
        var failing = hub.Source.To(Sink.ForEach<int>(_ => throw new FormatException())).RunAsync();
        await Attached(hub, 2);
        Push(1);
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(failing));
        await Attached(hub, 1);
        Push(2);
        _items.Writer.Complete();

        await Wait.For(other.Run);
        Assert.Equal([1, 2], other.Seen);
    }

    [Fact]
    public async Task Disposing_of_it_cancels_the_source_and_ends_its_subscribers()
    {
        var hub = Items.Share(new() { Replay = 1 });
        var subscriber = new Subscriber(hub);
        await Attached(hub, 1);
        Push(1);
        await subscriber.Has(1);

        await Wait.For(hub.DisposeAsync());
        await Wait.For(hub.DisposeAsync());

        Assert.True(hub.Completion.IsCompletedSuccessfully);
        await Wait.For(subscriber.Run);
        var late = new Subscriber(hub);
        await Wait.For(late.Run);
        Assert.Equal([1], late.Seen);
        Assert.Equal((1, 1), (_runs, _ended));

        var unused = Items.Share();
        await Wait.For(unused.DisposeAsync());
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Await_foreach_is_a_subscriber()
    {
        await using var hub = Items.Share(new() { Replay = 9 });
        Push(1, 2, 3);
        var seen = new List<int>();
        await foreach (var item in hub.Source.ToAsyncEnumerable())
        {
            seen.Add(item);
            if (item == 3)
            {
                break;
            }
        }

        Assert.Equal([1, 2, 3], seen);
        await Attached(hub, 0);
    }

    [Fact]
    public void Options_are_looked_at_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Replay", () => new ShareOptions { Replay = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("Capacity", () => new ShareOptions { Capacity = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("OnFull", () => new ShareOptions { OnFull = (OnFull)9 });
        Assert.Throws<ArgumentOutOfRangeException>("WithoutSubscribers", () => new ShareOptions { WithoutSubscribers = (WithoutSubscribers)9 });
        Assert.Throws<ArgumentNullException>("Run", () => new ShareOptions { Run = null! });
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Share());
    }

    private static Task Attached(SharedSource<int> hub, int count) => Wait.Until(() => hub.Subscribers == count, $"{count} subscribers");

    private void Push(params int[] items) => Array.ForEach(items, item => Assert.True(_items.Writer.TryWrite(item)));

    /// <summary>A run with the hub's source. After some items it waits until it is told to go on, if it is a slow one.</summary>
    private sealed class Subscriber : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Signal _goOn = new();
        private readonly List<int> _seen = [];

        internal Subscriber(SharedSource<int> hub, int takes = int.MaxValue)
        {
            Run = hub.Source.To(Sink.ForEach<int>(async (item, token) =>
            {
                lock (_seen)
                {
                    _seen.Add(item);
                }

                if (_seen.Count == takes)
                {
                    await _goOn.Task.WaitAsync(token);
                }
            })).RunAsync(_stop.Token);
        }

        public void Dispose() => _stop.Dispose();

        internal Task Run { get; }

        internal List<int> Seen
        {
            get
            {
                lock (_seen)
                {
                    return [.. _seen];
                }
            }
        }

        internal Task Has(params int[] items) => Wait.Until(() => Seen.SequenceEqual(items), $"the items {string.Join(", ", items)}");

        internal void GoOn() => _goOn.Set();

        internal async Task Leave()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(Run));
        }
    }
}
