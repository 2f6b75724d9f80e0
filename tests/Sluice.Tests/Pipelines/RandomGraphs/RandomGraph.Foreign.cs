namespace Sluice.Tests;

/// <content>Stages that bring in code of the outside: context that flows, tasks that send.</content>
internal sealed partial class RandomGraph
{
    private string? _contextError;

    /// <summary>Holds a value of its own in the context, as an activity is held, while it waits and while it sends on. No item begins with another's value.</summary>
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) HoldingContext()
    {
        var pattern = _mayWait ? _random.Next() : 0;
        var held = new AsyncLocal<int?>();
        _text.Append("Hold");
        return (Stage.Create<int, int>((items, next) => Hold(items, next, pattern, held)), model => model);
    }

    private async Coroutine Hold(Inbox<int> items, Target<int> next, int pattern, AsyncLocal<int?> held)
    {
        Begin();
        var ends = 0;
        try
        {
            await foreach (var item in items)
            {
                PassOne();
                Expect(held, null, "an item began");
                held.Value = item;
                try
                {
                    await WaitIf(pattern, item);
                    Expect(held, item, "the stage had waited");
                    await next.SendAsync(item);
                    Expect(held, item, "the item was sent on");
                }
                finally
                {
                    held.Value = null;
                }
            }
        }
        finally
        {
            await WaitIf(pattern, 3);
            End(ref ends);
        }
    }

    private void Expect(AsyncLocal<int?> held, int? value, string when)
    {
        if (held.Value != value)
        {
            _contextError ??= $"When {when} the context held {held.Value?.ToString() ?? "nothing"} in place of {value?.ToString() ?? "nothing"}";
        }
    }

    /// <summary>Sends items by two from tasks of its own, which the strand lets in one after the other.</summary>
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) FromTasks()
    {
        var pattern = _random.Next();
        _text.Append("Tasks");
        return (Stage.Create<int, int>((items, next) => SendByTwo(items, next, pattern)), model => model.Scattered());
    }

    private async Coroutine SendByTwo(Inbox<int> items, Target<int> next, int pattern)
    {
        Begin();
        var (ends, tasks) = (0, new List<Task>(2));
        try
        {
            await foreach (var item in items)
            {
                PassOne();
                await WaitIf(pattern, item);
                tasks.Add(SendFromTask(item));
                if (tasks.Count == 2)
                {
                    await Task.WhenAll(tasks);
                    tasks.Clear();
                }
            }

            await Task.WhenAll(tasks);
        }
        finally
        {
            // Tasks that are still under way may send as long as the stage has not ended; what becomes of them is not looked at.
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            End(ref ends);
        }

        async Task SendFromTask(int item)
        {
            await _turns.GiveWay();
            await next.SendAsync(item);
        }
    }
}
