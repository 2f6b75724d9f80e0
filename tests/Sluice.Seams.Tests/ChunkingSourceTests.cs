using Sluice.Tests;

namespace Sluice.Seams.Tests;

/// <summary>A source that sends arrays, and has a token.</summary>
public sealed class ChunkingSourceTests
{
    private const int InBlock = 700;

    private int _blocks;

    [Fact]
    public async Task Its_items_come_in_their_order_to_one_receiver_and_to_several()
    {
        var expected = Enumerable.Range(0, 5 * InBlock).ToList();

        Assert.Equal(expected, await Wait.For(Blocks(5).Through<int>(Stages.Pass).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(expected, await Wait.For(Blocks(5).Select(static n => n).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(expected, await Wait.For(Blocks(5).On(Env.Thread()).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(2 * expected.Count, await Wait.For(Blocks(5).Broadcast([Stage.Select<int, int>(static n => n), Stage.Select<int, int>(static n => -n)]).To(Sink.Count<int>()).RunAsync()));
    }

    [Fact]
    public async Task It_ends_when_no_more_items_are_wanted()
    {
        var got = await Wait.For(Blocks(int.MaxValue).Take(InBlock + 3).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(InBlock + 3, got.Count);
        Assert.Equal(2, _blocks);
    }

    [Fact]
    public async Task It_is_cancelled_in_the_middle_of_an_array()
    {
        using var canceled = new CancellationTokenSource();
        var run = Blocks(int.MaxValue).To(Sink.ForEach<int>(n =>
        {
            if (n == InBlock + 10)
            {
                canceled.Cancel();
            }
        })).RunAsync(canceled.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task A_failure_tells_the_number_of_its_item()
    {
        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(Blocks(5).Through<int>(Refuse).To(Sink.ToList<int>()).RunAsync()));

        Assert.Equal(2L * InBlock + 5, error.Data["Sluice.Item"]);
    }

    [Fact]
    public async Task Its_token_ends_a_wait_when_no_more_items_are_wanted()
    {
        var source = Source.Create<int>(async run =>
        {
            await run.SendAllAsync([1, 2, 3], 3);
            await Task.Delay(Timeout.Infinite, run.Cancellation);
        });

        Assert.Equal([1, 2], await Wait.For(source.Take(2).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task It_has_the_name_of_its_method_and_a_detail()
    {
        var pipeline = Source.Create<int>(Endless, detail: "of what").To(Sink.Count<int>());
        Assert.Equal(("Endless", "of what"), (pipeline.Graph.Nodes[0].Name, pipeline.Graph.Nodes[0].Detail));

        static async Coroutine Endless(SourceRun<int> run)
        {
            while (true)
            {
                await run.SendAllAsync([1], 1);
            }
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Source.Create<int>(static run => run.SendAllAsync([1], 2)).To(Sink.Count<int>()).RunAsync());
        Assert.Throws<ArgumentNullException>(() => Source.Create((Func<SourceRun<int>, Coroutine>)null!));
    }

    [Fact]
    public async Task A_parser_of_lines_makes_items_without_strings()
    {
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("numbers");
        await File.WriteAllTextAsync(file, "1\n22\r\n333");
        static LineParser<(long, int)> Parser() => static (line, number) => (number, int.Parse(line, System.Globalization.CultureInfo.InvariantCulture));
        (long, int)[] expected = [(1, 1), (2, 22), (3, 333)];

        Assert.Equal(expected, await Wait.For(Source.Lines(file, Parser).To(Sink.ToList<(long, int)>()).RunAsync()));
        await using var stream = File.OpenRead(file);
        Assert.Equal(expected, await Wait.For(Source.Lines(stream, Parser).To(Sink.ToList<(long, int)>()).RunAsync()));
        Assert.Equal(expected, await Wait.For(Source.From<ReadOnlyMemory<byte>>(["1\n2"u8.ToArray(), "2\r\n333"u8.ToArray()]).Through(Stage.SplitLines(Parser)).To(Sink.ToList<(long, int)>()).RunAsync()));
        var error = await Assert.ThrowsAsync<FormatException>(() => Source.From<ReadOnlyMemory<byte>>(["x\n"u8.ToArray()]).Through(Stage.SplitLines(Parser, name: "Numbers")).To(Sink.Count<(long, int)>()).RunAsync());
        Assert.Equal("Numbers", error.Data["Sluice.Stage"]);
    }

    private Source<int> Blocks(int count) => Source.Create<int>(async run =>
    {
        var block = new int[InBlock];
        for (var i = 0; i < count && !run.Next.IsClosed; i++)
        {
            _blocks++;
            for (var j = 0; j < InBlock; j++)
            {
                block[j] = (i * InBlock) + j;
            }

            await run.SendAllAsync(block, InBlock);
            await run.GiveWayAsync();
        }
    });

    private static async Coroutine Refuse(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item == (2 * InBlock) + 5 ? throw new FormatException() : item);
        }
    }
}
