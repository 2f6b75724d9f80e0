namespace Sluice.Bench;

/// <summary>Four kinds of stages that let all of the rising numbers from 0 through. In a chain of one kind the compiler
/// knows at each send who receives it, and puts it all in one method; in a program the stages differ.</summary>
internal static class MixedStages
{
    /// <summary>The same chain of coroutines as the one of handlers.</summary>
    internal static long Coroutines(int stages, int items)
    {
        var source = Source.From(OurChains.Numbers(items));
        for (var i = 0; i < stages; i++)
        {
            source = (i % 4) switch
            {
                0 => source.Through<int>(Stages.Pass),
                1 => source.Through<int>(PassPositive),
                2 => source.Through<int>(PassNext),
                _ => source.Through<int>(PassRising),
            };
        }

        return source.To<long>(Stages.Count).RunAsync().Result;
    }

    internal static long Handlers(int stages, int items)
    {
        var count = new CountHandler<int>();
        Handler<int> head = count;
        for (var i = stages - 1; i >= 0; i--)
        {
            head = (i % 4) switch
            {
                0 => new PassHandler<int>(head),
                1 => new PositiveHandler(head),
                2 => new NextHandler(head),
                _ => new RisingHandler(head),
            };
        }

        foreach (var number in OurChains.Numbers(items))
        {
            head.Send(number);
        }

        return count.Count;
    }

    private static async Coroutine PassPositive(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            if (item >= 0)
            {
                await next.SendAsync(item);
            }
        }
    }

    private static async Coroutine PassNext(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item + 1);
        }
    }

    private static async Coroutine PassRising(Inbox<int> items, Target<int> next)
    {
        var last = -1;
        await foreach (var item in items)
        {
            if (item > last)
            {
                last = item;
                await next.SendAsync(item);
            }
        }
    }

    private sealed class PositiveHandler(Handler<int> next) : Handler<int>
    {
        public override void Send(int item)
        {
            if (item >= 0)
            {
                next.Send(item);
            }
        }
    }

    private sealed class NextHandler(Handler<int> next) : Handler<int>
    {
        public override void Send(int item) => next.Send(item + 1);
    }

    private sealed class RisingHandler(Handler<int> next) : Handler<int>
    {
        private int _last = -1;

        public override void Send(int item)
        {
            if (item > _last)
            {
                _last = item;
                next.Send(item);
            }
        }
    }
}
