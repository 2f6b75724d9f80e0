using System.Threading.Tasks.Sources;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

public sealed class ForeignAwaitTests
{
    public static TheoryData<string> Kinds => ["Task.Delay", "TaskCompletionSource", "ConfigureAwait(false)", "ValueTask", "custom awaiter"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Back_pressure_and_order_hold_across_a_foreign_await(string kind)
    {
        var io = new Io();
        var began = new List<int>();
        var handled = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                began.Add(item);
                await Await(kind, io);
                handled.Add(item);
            }
        });

        for (var i = 0; i < 20; i++)
        {
            io = new Io();
            var sent = target.SendAsync(i).AsTask();
            Assert.False(sent.IsCompleted);
            Assert.Equal(i + 1, began.Count);
            Assert.Equal(i, handled.Count);
            io.Complete(kind);
            await Wait.For(sent);
            Assert.Equal(i + 1, handled.Count);
        }

        Assert.Equal(Enumerable.Range(0, 20), handled);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Items_that_wait_keep_their_order_across_a_foreign_await(string kind)
    {
        var io = new Io();
        var handled = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            await Await(kind, io);
            await Stages.Collect(inbox, handled);
        });
        var sends = Enumerable.Range(0, 100).Select(i => target.SendAsync(i).AsTask()).ToArray();

        io.Complete(kind);
        await Wait.For(Task.WhenAll(sends));

        Assert.Equal(Enumerable.Range(0, 100), handled);
    }

    [Fact]
    public async Task Back_pressure_and_order_hold_across_Task_Yield()
    {
        var handling = 0;
        var handled = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                Assert.Equal(1, Interlocked.Increment(ref handling));
                await Task.Yield();
                handled.Add(item);
                Interlocked.Decrement(ref handling);
            }
        });

        for (var i = 0; i < 1_000; i++)
        {
            await Wait.For(target.SendAsync(i));
            Assert.Equal(i + 1, handled.Count);
        }

        Assert.Equal(Enumerable.Range(0, 1_000), handled);
    }

    [Fact]
    public async Task An_exception_from_a_foreign_await_reaches_the_pending_sender()
    {
        var io = new Signal();
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            await io.Task;
        });
        var sent = target.SendAsync(1).AsTask();
        var failure = new FormatException();

        io.Fail(failure);

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(sent)));
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.Completion)));
    }

    private static async Coroutine Await(string kind, Io io)
    {
        switch (kind)
        {
            case "Task.Delay":
                await Task.Delay(TimeSpan.FromSeconds(1), io.Time);
                break;
            case "TaskCompletionSource":
                await io.Signal.Task;
                break;
            case "ConfigureAwait(false)":
                await io.Signal.Task.ConfigureAwait(false);
                break;
            case "ValueTask":
                await new ValueTask(io.Source, io.Source.Version);
                break;
            default:
                await io.Manual;
                break;
        }
    }

    /// <summary>Something foreign that a test completes.</summary>
    private sealed class Io
    {
        internal FakeTimeProvider Time { get; } = new();

        internal Signal Signal { get; } = new();

        internal ReusableSource Source { get; } = new();

        internal Manual Manual { get; } = new();

        internal void Complete(string kind)
        {
            switch (kind)
            {
                case "Task.Delay":
                    Time.Advance(TimeSpan.FromSeconds(1));
                    break;
                case "ValueTask":
                    Source.Complete();
                    break;
                case "custom awaiter":
                    Manual.Complete();
                    break;
                default:
                    Signal.Set();
                    break;
            }
        }
    }

    private sealed class ReusableSource : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _core;

        internal short Version => _core.Version;

        public void GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        internal void Complete() => _core.SetResult(true);
    }
}
