namespace Sluice.Tests.Portability;

/// <summary>Of the variables that a coroutine shares with its lambdas, a snapshot has those that it can still use from where it waits.</summary>
public sealed class LambdaVariablesTests
{
#if !DEBUG
    /// <summary>In a Debug build the lambda itself stays there.</summary>
    [Fact]
    public async Task A_lambda_that_captures_more_does_not_matter_once_it_is_over()
    {
        Assert.Equal("portable", Stage.Create<int, int>(static async (items, next) => await next.SendAsync((await Once(items)).Length)).CheckPortable().ToString());
        var target = Target.Start<int, string>(Once);
        await target.SendAsync(1);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await copy.SendAsync(2);
        await copy.CloseAsync();
        Assert.Equal("103 from 1", await copy.Completion);
    }
#endif

    [Fact]
    public async Task What_a_lambda_needs_that_is_called_again_in_a_loop_is_kept()
    {
        var target = Target.Start<int, string>(InLoop);
        await target.SendAsync(1);
        await target.SendAsync(2);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await copy.SendAsync(3);
        await copy.CloseAsync();
        Assert.Equal("1,2,3|kept|end", await copy.Completion);
    }

    [Fact]
    public async Task What_runs_in_a_finally_or_a_catch_is_kept()
    {
        var target = Target.Start<int, string>(WithHandlers);
        await target.SendAsync(1);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await Assert.ThrowsAsync<InvalidOperationException>(() => copy.ThrowAsync(new FormatException()).AsTask());
        Assert.Equal("one caught 2 three", copy.Completion.Exception!.InnerException!.Message);
    }

    [Fact]
    public async Task At_each_await_the_rest_goes_on_as_it_would_have()
    {
        for (var taken = 0; taken < 9; taken++)
        {
            var (original, copied) = (Target.Start<int, string>(InParts), Target.Start<int, string>(InParts));
            for (var item = 0; item < 9; item++)
            {
                if (item == taken)
                {
                    copied = Copies.Of(await copied.SnapshotAsync()).Resume<int, string>();
                }

                await original.SendAsync(item);
                await copied.SendAsync(item);
            }

            await original.CloseAsync();
            await copied.CloseAsync();
            Assert.Equal(await original.Completion, await copied.Completion);
        }
    }

    private static async Coroutine<string> Once(Inbox<int> items)
    {
        var stream = new MemoryStream();
        var total = 100;
        var write = () =>
        {
            stream.WriteByte((byte)total);
            return stream.Length;
        };
        var length = write();
        await foreach (var item in items)
        {
            total += item;
        }

        return $"{total} from {length}";
    }

    private static async Coroutine<string> InLoop(Inbox<int> items)
    {
        var (seen, first, last) = (new List<int>(), "kept", "end");
        await foreach (var item in items)
        {
            var add = () => seen.Add(item);
            add();
        }

        var end = () => $"{string.Join(',', seen)}|{first}|{last}";
        return end();
    }

    private static async Coroutine<string> WithHandlers(Inbox<int> items)
    {
        var (text, two, three) = ("", 2, "three");
        var add = (string more) => text += more;
        try
        {
            add("one ");
            while (true)
            {
                await items.ReceiveAsync();
            }
        }
        catch (FormatException)
        {
            var caught = () => text += $"caught {two} ";
            caught();
        }
        finally
        {
            var ended = () => text += three;
            ended();
        }

        throw new InvalidOperationException(text);
    }

    /// <summary>Awaits in nested blocks, each with variables of its own that lambdas use before or behind it.</summary>
    private static async Coroutine<string> InParts(Inbox<int> items)
    {
        var (log, factor) = (new List<string>(), 1);
        var note = (string what) => log.Add($"{what} {factor}");
        factor += await items.ReceiveAsync();
        note("first");
        try
        {
            var inner = 10 + await items.ReceiveAsync();
            var more = () => factor += inner;
            more();
            for (var round = 0; round < 2; round++)
            {
                var step = round + await items.ReceiveAsync();
                var multiply = () => factor *= step + inner;
                multiply();
                try
                {
                    inner += await items.ReceiveAsync();
                }
                finally
                {
                    var last = () => log.Add($"finally {step} {inner}");
                    last();
                }
            }

            note("inner");
        }
        finally
        {
            factor -= 1;
            note("outer");
        }

        var rest = 0;
        var sum = () => log.Add($"rest {rest} of {factor}");
        await foreach (var item in items)
        {
            rest += item;
        }

        sum();
        return string.Join(", ", log);
    }
}
