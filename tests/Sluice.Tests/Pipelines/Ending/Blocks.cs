namespace Sluice.Tests;

/// <summary>Coroutines that read blocks of lines: each block by a coroutine that the stage delegates to.</summary>
internal static class Blocks
{
    internal static async Coroutine Sums(Inbox<string> lines, Target<int> next)
    {
        while (true)
        {
            if (await lines.ReceiveAsync() == "begin")
            {
                await next.SendAsync(await ReadBlock(lines));
            }
        }
    }

    internal static async Coroutine<int> ReadBlock(Inbox<string> lines)
    {
        var sum = 0;
        for (var line = await lines.ReceiveAsync(); line != "end"; line = await lines.ReceiveAsync())
        {
            sum += int.Parse(line);
        }

        return sum;
    }

    internal static Func<Inbox<string>, Target<int>, Coroutine> SumsWith(Func<Inbox<string>, Coroutine<int>> readBlock) => async (lines, next) =>
    {
        await foreach (var line in lines)
        {
            if (line == "begin")
            {
                await next.SendAsync(await readBlock(lines));
            }
        }
    };

    internal static async Coroutine<int> ReadBlockAndTry(Inbox<string> lines)
    {
        for (var sum = 0; ;)
        {
            var received = await lines.TryReceiveAsync();
            if (received.IsClosed)
            {
                return -1;
            }

            if (received.Item == "end")
            {
                return sum;
            }

            sum += int.Parse(received.Item);
        }
    }

    internal static async Coroutine<int> ReadBlockInLoop(Inbox<string> lines)
    {
        var sum = 0;
        await foreach (var line in lines)
        {
            if (line == "end")
            {
                return sum;
            }

            sum += int.Parse(line);
        }

        return -1;
    }

    internal static async Coroutine<int> ReadBlockAndCatch(Inbox<string> lines)
    {
        try
        {
            return await ReadBlock(lines);
        }
        catch (InboxClosedException)
        {
            return -1;
        }
    }

    internal static async Coroutine KeySums(Inbox<string> lines, Target<int> next)
    {
        while (true)
        {
            await lines.ReceiveAsync();
            await next.SendAsync(await ReadKeyBlock(lines));
        }
    }

    internal static async Coroutine<int> ReadKeyBlock(Inbox<string> lines)
    {
        var sum = 0;
        for (var line = await lines.ReceiveAsync(); line[2..] != "end"; line = await lines.ReceiveAsync())
        {
            sum += int.Parse(line[2..]);
        }

        return sum;
    }

    internal static async Coroutine LastIsMinusOne(Inbox<int> items, Target<int> next)
    {
        await Stages.Pass(items, next);
        await next.SendAsync(-1);
    }
}
