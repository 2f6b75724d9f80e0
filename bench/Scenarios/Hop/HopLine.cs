using System.Threading.Channels;

namespace Sluice.Bench;

/// <summary>A pipeline that stays open, whose items are counted elsewhere: a round is so many items there and their count back. So the
/// start of a process is no part of a round, and what it has compiled stays.</summary>
internal sealed class HopLine<T> : IDisposable
    where T : class
{
    private readonly Func<int, T> _item;
    private readonly Channel<int> _rounds = Channel.CreateUnbounded<int>();
    private readonly Channel<long> _counts = Channel.CreateUnbounded<long>();
    private readonly Task _run;

    /// <param name="there">Where they are counted.</param>
    /// <param name="item">Makes the item with this number; null is kept for the end of a round.</param>
    internal HopLine(Env there, Func<int, T> item)
    {
        _item = item;
        _run = Source.Create<T?>(SendRounds)
            .On(there)
            .Through<long>(CountRounds)
            .On(Env.Caller)
            .To(Sink.ForEach<long>(count => _counts.Writer.TryWrite(count)))
            .RunAsync();
    }

    /// <summary>One round.</summary>
    /// <returns>How many items arrived.</returns>
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

    private static async Coroutine CountRounds(Inbox<T?> items, Target<long> next)
    {
        var count = 0L;
        await foreach (var item in items)
        {
            if (item is not null)
            {
                count++;
                continue;
            }

            await next.SendAsync(count);
            count = 0;
        }
    }

    private async Coroutine SendRounds(Target<T?> next, CancellationToken cancellation)
    {
        while (await _rounds.Reader.WaitToReadAsync(cancellation))
        {
            var count = await _rounds.Reader.ReadAsync(cancellation);
            for (var i = 0; i < count; i++)
            {
                await next.SendAsync(_item(i));
            }

            await next.SendAsync(null);
        }
    }
}
