using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Sluice.Bench;

/// <summary>A pipeline that stays open, through which one item at a time goes there and back: the next one is sent when the one before
/// has come back.</summary>
internal sealed class HopPing : IDisposable
{
    private readonly Channel<int> _rounds = Channel.CreateUnbounded<int>();
    private readonly Channel<long> _counts = Channel.CreateUnbounded<long>();
    private readonly Arrival _arrival = new();
    private readonly Task _run;

    internal HopPing(Env there) =>
        _run = Source.Create<long>(SendEach)
            .On(there)
            .Through<long>(Pass)
            .On(Env.Caller)
            .To(Sink.ForEach<long>(_arrival.Set))
            .RunAsync();

    /// <summary>So many round trips.</summary>
    internal long Send(int count)
    {
        _rounds.Writer.TryWrite(count);
        var answer = _counts.Reader.ReadAsync().AsTask();
        Task.WaitAny(answer, _run);
        return answer.IsCompleted ? answer.Result : throw new InvalidOperationException("The pipeline ended.", _run.Exception);
    }

    public void Dispose()
    {
        _rounds.Writer.Complete();
        _run.Wait();
    }

    private static async Coroutine Pass(Inbox<long> items, Target<long> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private async Coroutine SendEach(Target<long> next, CancellationToken cancellation)
    {
        while (await _rounds.Reader.WaitToReadAsync(cancellation))
        {
            var count = await _rounds.Reader.ReadAsync(cancellation);
            var back = 0L;
            for (var i = 1; i <= count; i++)
            {
                await next.SendAsync(i);
                back = await _arrival.NextAsync();
            }

            _counts.Writer.TryWrite(back);
        }
    }

    /// <summary>The item that has come back: set by the sink and awaited by the source, which are in one strand, so nothing is guarded
    /// and nothing hops.</summary>
    private sealed class Arrival : IValueTaskSource<long>
    {
        private ManualResetValueTaskSourceCore<long> _core;

        internal ValueTask<long> NextAsync() => new(this, _core.Version);

        internal void Set(long item) => _core.SetResult(item);

        public long GetResult(short token)
        {
            var item = _core.GetResult(token);
            _core.Reset();
            return item;
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);
    }
}
