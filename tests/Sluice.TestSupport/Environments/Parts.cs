namespace Sluice.Tests;

/// <summary>Stages and sinks that the contract has in every environment: static methods, so that they are portable.</summary>
internal static class Parts
{
    /// <summary>Whole numbers from 0 on, without a gap; returns how many.</summary>
    internal static async Coroutine<int> CountInOrder(Inbox<int> items)
    {
        var next = 0;
        await foreach (var item in items)
        {
            if (item != next)
            {
                throw new InvalidOperationException($"{item} came instead of {next}.");
            }

            next++;
        }

        return next;
    }

    /// <summary>Something to wait for that comes back on another thread.</summary>
    internal static Task BeAway() => Task.Run(static () => { });

    /// <summary>Asks for leave to handle each item, by the item's text.</summary>
    internal static async Coroutine Ask(Inbox<int> items, Post post)
    {
        await foreach (var item in items)
        {
            await post.AskAsync($"item {item}", items.Cancellation);
        }
    }

    /// <summary>The same, and passes on.</summary>
    internal static async Coroutine AskAndPass(Inbox<int> items, Target<int> next, Post post)
    {
        await foreach (var item in items)
        {
            await post.AskAsync($"item {item}", items.Cancellation);
            await next.SendAsync(item);
        }
    }

    /// <summary>Passes on, and says when its finally block runs.</summary>
    internal static async Coroutine PassSaying(Inbox<int> items, Target<int> next, Post post, string name)
    {
        try
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
            }
        }
        finally
        {
            post.Say(name);
        }
    }

    /// <summary>Takes all, and says when its finally block runs.</summary>
    internal static async Coroutine DrainSaying(Inbox<int> items, Post post, string name)
    {
        try
        {
            await foreach (var _ in items)
            {
            }
        }
        finally
        {
            post.Say(name);
        }
    }

    /// <summary>Sends the totals so far, and -1 when its input has ended.</summary>
    internal static async Coroutine Totals(Inbox<int> items, Target<long> next)
    {
        var total = 0L;
        await foreach (var item in items)
        {
            total += item;
            await next.SendAsync(total);
        }

        await next.SendAsync(-1);
    }

    /// <summary>Two states, one of them a coroutine of its own: what is between a negative number and a zero is a sentence.</summary>
    internal static async Coroutine Sentences(Inbox<int> items, Target<List<int>> next)
    {
        while (true)
        {
            if (await items.ReceiveAsync() < 0)
            {
                await next.SendAsync(await Sentence(items));
            }
        }
    }

    private static async Coroutine<List<int>> Sentence(Inbox<int> items)
    {
        var words = new List<int>();
        while (await items.ReceiveAsync() is not 0 and var word)
        {
            words.Add(word);
        }

        return words;
    }

    /// <summary>Takes more items when it has heard that no one wants its own any more.</summary>
    internal static async Coroutine GoOnPastTheEnd(Inbox<int> items, Target<int> next, Post post)
    {
        var (heard, more) = (0, 0);
        while (more < 10)
        {
            var item = 0;
            try
            {
                item = await items.ReceiveAsync();
            }
            catch (TargetClosedException)
            {
                heard++;
                continue;
            }

            if (heard > 0)
            {
                more++;
                continue;
            }

            try
            {
                await next.SendAsync(item);
            }
            catch (TargetClosedException)
            {
                // It will be heard at the receive.
            }
        }

        post.Say($"went on after {heard}");
    }

    /// <summary>Passes texts of items on; a <see cref="FormatException"/> that is thrown in becomes one too.</summary>
    internal static async Coroutine CatchFormat(Inbox<int> items, Target<string> next, Post post)
    {
        while (true)
        {
            var text = "";
            try
            {
                text = $"{await items.ReceiveAsync()}";
            }
            catch (FormatException error)
            {
                text = error.Message;
                post.Say(text);
            }

            await next.SendAsync(text);
        }
    }

    /// <summary>Throws errors into what is behind it at the places of some items, and says what came back.</summary>
    internal static async Coroutine ThrowAt(Inbox<int> items, Target<int> next, int bad, Post post)
    {
        await foreach (var item in items)
        {
            if (item != bad)
            {
                await next.SendAsync(item);
                continue;
            }

            try
            {
                await next.ThrowAsync(new FormatException($"not {item}"));
                post.Say("came back: nothing");
            }
            catch (FormatException error)
            {
                post.Say($"came back: {error.Message}");
            }
        }
    }

    /// <summary>Passes on, and fails when it comes to a certain item.</summary>
    internal static async Coroutine FailAt(Inbox<int> items, Target<int> next, int bad)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item != bad ? item : throw new FormatException($"failed at {item}"));
        }
    }

    /// <summary>Says which error was thrown in, and whether its inbox was closed behind it.</summary>
    internal static async Coroutine SayWhatComes(Inbox<int> items, Post post)
    {
        try
        {
            await Stages.Drain(items);
        }
        catch (Exception error)
        {
            post.Say($"{error.GetType().Name}: {error.Message}");
        }

        await Stages.Drain(items);
        post.Say("closed");
    }

    /// <summary>Fails with something else when it hears of a failure.</summary>
    internal static async Coroutine FailInTurn(Inbox<int> items, Target<int> next)
    {
        try
        {
            await Stages.Pass(items, next);
        }
        catch (FormatException)
        {
            throw new ArithmeticException("in turn");
        }
    }

    /// <summary>Computes until it sees the cancellation, after its first item.</summary>
    internal static async Coroutine Compute(Inbox<int> items, Post post)
    {
        await items.ReceiveAsync();
        post.Say("computes");
        while (!items.Cancellation.IsCancellationRequested)
        {
            Thread.SpinWait(100);
        }

        post.Say("saw it");
        items.Cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Sums up the items of a key.</summary>
    internal static async Coroutine Sum(int key, Inbox<int> items, Target<(int Key, int Sum)> next)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        await next.SendAsync((key, sum));
    }

    /// <summary>Sends back half of each even number until it is odd.</summary>
    internal static async Coroutine Halve(Inbox<int> items, Target<int> next, Target<int> back)
    {
        await foreach (var item in items)
        {
            await (item % 2 == 0 ? back.SendAsync(item / 2) : next.SendAsync(item));
        }
    }
}
