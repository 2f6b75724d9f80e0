namespace Sluice.Tests;

/// <content>The coroutines of the graphs, which count how often they start and end.</content>
internal sealed partial class RandomGraph
{
    private Stage<int, int> Passing(int pattern, Func<int, bool> fails) => Stage.Create<int, int>((items, next) => Pass(items, next, pattern, fails));

    private async Coroutine Pass(Inbox<int> items, Target<int> next, int pattern, Func<int, bool> fails)
    {
        Begin();
        var ends = 0;
        try
        {
            await foreach (var item in items)
            {
                PassOne();
                await WaitIf(pattern, item);
                if (fails(item))
                {
                    throw new PlannedException();
                }

                await next.SendAsync(item);
            }
        }
        finally
        {
            await WaitIf(pattern, 3);
            End(ref ends);
        }
    }

    /// <summary>Each item goes round once before it is sent on.</summary>
    private async Coroutine TwoRounds(Inbox<int> items, Target<int> next, Target<int> back, int pattern)
    {
        Begin();
        var (ends, isSecond) = (0, false);
        try
        {
            await foreach (var item in items)
            {
                PassOne();
                await WaitIf(pattern, item);
                await (isSecond ? next.SendAsync(item) : back.SendAsync(item));
                isSecond = !isSecond;
            }
        }
        finally
        {
            await WaitIf(pattern, 3);
            End(ref ends);
        }
    }

    private async Coroutine Collect(Inbox<int> items, List<int> seen)
    {
        Begin();
        var ends = 0;
        try
        {
            while (seen.Count < SinkTakes)
            {
                var item = await items.ReceiveAsync();
                seen.Add(item);
                PassOne();
                await WaitIf(_mayWait ? _seed : 0, item);
            }
        }
        finally
        {
            End(ref ends);
        }
    }

    private async Coroutine WaitIf(int pattern, int item)
    {
        if ((pattern >> (item & 15) & 1) != 0)
        {
            await _turns.GiveWay();
        }
    }

    private void PassOne()
    {
        if (_passed++ == _hitAt)
        {
            _hit();
        }
    }

    private void Begin() => _started++;

    private void End(ref int ends)
    {
        _ended++;
        _doubleEnds += ends++;
    }
}
