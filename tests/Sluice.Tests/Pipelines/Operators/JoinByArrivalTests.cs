using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

public sealed class JoinByArrivalTests : FanInContract
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new(TimedRun<int>.Start);
    private readonly List<int> _seen = [];

    /// <summary>All with all.</summary>
    protected override Source<int> Of(Source<int> first, Source<int> second) => first.Join(second, _ => 0, _ => 0, s_day, Pair, 1000);

    protected override IEnumerable<int> Expected(int[] first, int[] second)
    {
        for (var i = 0; first.Length > 0 && second.Length > 0 && i < Math.Max(first.Length, second.Length); i++)
        {
            foreach (var pair in first.Skip(i).Take(1).SelectMany(x => second.Take(i).Select(y => Pair(x, y)))
                .Concat(second.Skip(i).Take(1).SelectMany(y => first.Take(i + 1).Select(x => Pair(x, y)))))
            {
                yield return pair; // they take turns
            }
        }
    }

    private static int Pair(int first, int second) => (1000 * first) + second;

    /// <summary>Within one second, the items that are the same modulo 10.</summary>
    private Task Start(int capacity) => A.Source.Join(B.Source, x => x % 10, x => x % 10, s_second, Pair, capacity)
        .To(items => Stages.Collect(items, _seen)).RunAsync(new RunOptions { TimeProvider = _clock });

    private void Pass(double seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));

    [Fact]
    public async Task Items_of_one_key_that_come_at_most_the_window_apart_are_pairs()
    {
        await NoContext.Enter();
        var run = Start(100);
        A.Push(1, 2);
        Pass(0.5);
        B.Push(1);
        Assert.Equal([1001], _seen);
        Pass(0.5);
        B.Push(2, 11);
        Assert.Equal([1001, 2002, 1011], _seen);
        Pass(0.1);
        B.Push(12);
        A.Push(21);
        Assert.Equal([1001, 2002, 1011, 21_001, 21_011], _seen);
        Pass(1);
        A.Push(31);
        A.End();
        B.End();

        await Wait.For(run);
        Assert.Equal([1001, 2002, 1011, 21_001, 21_011], _seen);
    }

    [Fact]
    public async Task More_items_than_may_be_held_are_an_error_and_those_whose_time_is_over_do_not_count()
    {
        await NoContext.Enter();
        var run = Start(3);
        A.Push(1, 2);
        Pass(0.6);
        B.Push(3);
        Pass(0.6);
        B.Push(4, 5);
        Assert.False(run.IsCompleted);
        A.Push(6);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.StartsWith("The join holds 3 items", error.Message, StringComparison.Ordinal);
        Assert.Equal("Join", error.Data["Sluice.Stage"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_one_source_has_ended_the_other_goes_on_until_nothing_of_the_first_is_held(bool firstEnds)
    {
        await NoContext.Enter();
        var (ends, other) = firstEnds ? (A, B) : (B, A);
        var run = Start(2);
        ends.Push(1);
        ends.End();
        other.Push(1);
        Pass(0.9);
        Assert.False(run.IsCompleted);
        Pass(0.2);

        await Wait.For(run);
        Assert.Equal([1001], _seen);
    }

    [Fact]
    public async Task What_is_too_old_is_let_go_of_though_nothing_comes()
    {
        await NoContext.Enter();
        var channel = Channel.CreateUnbounded<object>(new() { AllowSynchronousContinuations = true });
        var run = Source.From(channel.Reader).Join(B.Source, _ => 0, _ => 0, s_second, (_, y) => y, 10).To(items => Stages.Collect(items, _seen)).RunAsync(new RunOptions { TimeProvider = _clock });
        var first = Push();
        Push(); // what waits for the next item may keep the last one
        Assert.True(IsAlive());

        Pass(1.1);

        Assert.False(IsAlive());
        channel.Writer.Complete();
        B.End();
        await Wait.For(run);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Push()
        {
            var item = new object();
            Assert.True(channel.Writer.TryWrite(item));
            return new(item);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        bool IsAlive()
        {
            GC.Collect();
            return first.IsAlive;
        }
    }

    [Fact]
    public async Task An_endless_window_does_no_harm()
    {
        await NoContext.Enter();
        var run = A.Source.Join(B.Source, _ => 0, _ => 0, TimeSpan.MaxValue, Pair, 4).To(items => Stages.Collect(items, _seen)).RunAsync(new RunOptions { TimeProvider = _clock });
        A.Push(1);
        _clock.Advance(TimeSpan.FromDays(100));
        B.Push(2);
        A.End();
        B.End();

        await Wait.For(run);
        Assert.Equal([1002], _seen);
    }

    [Fact]
    public async Task Sources_that_wait_at_each_item_make_the_same_pairs()
    {
        int[] first = [.. Enumerable.Range(1, 30)];
        int[] second = [.. Enumerable.Range(1, 20)];
        foreach (var (x, y) in new[] { (Yielding(first), Yielding(second)), (Source.From(first), Yielding(second)), (Yielding(first), Source.From(second)) })
        {
            Assert.Equal(Expected(first, second).Order(), (await ListOf(Of(x, y))).Order());
        }
    }

    [Theory]
    [InlineData("key")]
    [InlineData("selector")]
    public async Task An_error_in_its_own_code_is_a_failure_of_this_node(string where)
    {
        var cause = new FormatException();
        var run = Source.From([1, 2]).Join(Source.From([1, 2]), x => x, y => Fail("key", y), s_day, (x, y) => Fail("selector", y), 10).Named("join").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("join", cause.Data["Sluice.Stage"]);

        int Fail(string at, int item) => at == where ? Stages.ThrowAt(item, 2, cause) : item;
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Func<int, int> key = x => x;
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Join(A.Source, key, key, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("other", () => A.Source.Join((Source<int>)null!, key, key, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("firstKey", () => A.Source.Join(B.Source, null!, key, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("secondKey", () => A.Source.Join(B.Source, key, null!, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("selector", () => A.Source.Join<int, int, int, int>(B.Source, key, key, s_day, null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("window", () => A.Source.Join(B.Source, key, key, TimeSpan.FromTicks(-1), Pair, 1));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => A.Source.Join(B.Source, key, key, s_day, Pair, 0));
    }
}

/// <summary>Within one second of an item that comes at the start and is all that the second source has.</summary>
public sealed class JoinInTimeTests : TimedOperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Join", null);

    protected override double Needs => 0;

    protected override int SentWhenReceiverWaits => 1;

    protected override Source<int> Extend(Source<int> source) =>
        source.Join(Source.From([0]), static _ => 0, static _ => 0, TimeSpan.FromDays(1), static (x, _) => x, 100); // for as long as the one item is held
}
