using System.Globalization;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Keys of items that a system outside is handed at least once (rule 16): the same for the same item, after any crash.</summary>
public sealed class IdempotencyKeyTests : IDisposable
{
    private const int Many = 300;

    private static readonly LinesOptions s_often = new() { PollInterval = TimeSpan.FromMilliseconds(1) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Rule_16_Items_of_an_array_and_of_a_list_have_their_index(int seed) => Seed.Run(seed, async random =>
    {
        string[] items = [.. Items("item", Many)];
        foreach (var source in (Source<string>[])[Source.From(items), Source.From(items.ToList())])
        {
            var keys = await KeyedCrashes.RunAsync(() => source, items, random);

            Assert.Equal(Enumerable.Range(0, Many).Select(static i => new IdempotencyKey("job", "From", Text(i))), keys);
        }
    });

    /// <summary>Endings of two bytes are cut where the blocks end that are read, elsewhere in each run: the place behind a line is before or behind the line feed.</summary>
    [Theory]
    [InlineData(1, "\n")]
    [InlineData(2, "\r\n")]
    public Task Rule_16_Lines_have_their_numbers_however_the_file_is_read(int seed, string ending) => Seed.Run(seed, async random =>
    {
        var lines = Items("line", Many).Select(line => line + new string('x', random.Next(700))).ToArray(); // several blocks
        var path = _folder.Write("lines", string.Concat(lines.Select(line => line + ending)));

        var keys = await KeyedCrashes.RunAsync(() => Source.Lines(path).Named("the log"), lines, random);

        Assert.Equal(Enumerable.Range(1, Many).Select(static i => new IdempotencyKey("job", "the log", Text(i))), keys);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Rule_16_Lines_of_a_file_that_grows_and_is_rotated_have_the_number_of_the_file_and_their_own(int seed) => Seed.Run(seed, async random =>
    {
        var (path, written, rotations, expected) = (_folder.PathOf("log"), 0, 0, new List<(int File, int Line)> { (1, 0) });
        var lines = Items("line", Many).ToArray();
        var places = new List<string>();
        Write(20);

        var keys = await KeyedCrashes.RunAsync(() => Source.Lines(path, follow: true, s_often), lines, random, within: 20, run =>
        {
            if (random.Next(2) == 0)
            {
                rotations++;
                for (var i = rotations; i > 0; i--)
                {
                    File.Move(i == 1 ? path : $"{path}.{i - 1}", $"{path}.{i}");
                }

                File.WriteAllText(path, "");
                expected.Add((expected[^1].Line > 0 ? expected[^1].File + 1 : expected[^1].File, 0));
            }

            Write(run == 8 ? Many : 20 + random.Next(10));
        });

        Assert.Equal(places, keys.Select(static key => key.Position));

        void Write(int count)
        {
            for (var end = Math.Min(written + count, Many); written < end; written++)
            {
                File.AppendAllText(path, lines[written] + "\n");
                expected[^1] = expected[^1] with { Line = expected[^1].Line + 1 };
                places.Add($"{expected[^1].File}.{expected[^1].Line}");
            }
        }
    });

    /// <summary>A program that has the file open still writes to it after it was rotated. Numbers of lines in all would go to other lines then.</summary>
    [Fact]
    public async Task A_line_that_comes_late_to_a_rotated_file_takes_no_key_of_the_next_file()
    {
        var (path, handed) = (_folder.PathOf("log"), new List<(string Line, IdempotencyKey Key)>());
        File.WriteAllText(path, "a\nb\n");
        await using var store = Checkpoints.Memory();
        await using (var run = await Job(4).StartAsync())
        {
            await Wait.Until(() => handed.Count == 2, "two lines");
            await Wait.For(run.CheckpointAsync());
            File.Move(path, path + ".1");
            File.WriteAllText(path, "c\n");
            await Wait.Until(() => handed.Count == 3, "the next file");
        }

        File.AppendAllText(path + ".1", "late\n");
        await Wait.For(Job(4).RunAsync());

        Assert.Equal(["a 1.1", "b 1.2", "c 2.1", "late 1.3", "c 2.1"], handed.Select(static pair => $"{pair.Line} {pair.Key.Position}"));

        Job<object?> Job(int count) => Source.Lines(path, follow: true, s_often).WithIdempotencyKeys().Take(count).To(Sink.ForEach<(string, IdempotencyKey)>(handed.Add)).AsJob("job", store, new() { Interval = Timeout.InfiniteTimeSpan });
    }

    [Fact]
    public Task Rule_16_Ticks_have_their_numbers() => Seed.Run(1, async random =>
    {
        var keys = await KeyedCrashes.RunAsync(static () => Source.Interval(TimeSpan.FromMilliseconds(1)), [.. Enumerable.Range(0, 60).Select(static i => (long)i)], random, within: 20);

        Assert.Equal(Enumerable.Range(0, 60).Select(Text), keys.Select(static key => key.Position));
    });

    [Fact]
    public Task Rule_16_Records_of_a_journal_have_their_numbers() => Seed.Run(1, async random =>
    {
        var next = 0;
        var outside = Source.Create<string>(async (target, cancellation) =>
        {
            while (next < Many)
            {
                await target.SendAsync($"item {next++:000}");
            }
        }, "outside");
        await Wait.For(outside.Journal(_folder.PathOf("journal"), new() { FlushInterval = TimeSpan.Zero }).Take(1).To(Sink.Count<string>()).AsJob("filling", Checkpoints.Memory()).RunAsync()); // it has all of them
        var stored = new List<string>();
        await Wait.For(Journaled().To(Sink.ForEach<string>(stored.Add)).AsJob("reading", Checkpoints.Memory(), new() { Interval = Timeout.InfiniteTimeSpan, Open = new() { Keep = 1000 } }).RunAsync());

        var keys = await KeyedCrashes.RunAsync(Journaled, stored, random);

        Assert.Equal(keys.Count, keys.Select(static key => long.Parse(key.Position, CultureInfo.InvariantCulture)).Distinct().Count());

        Source<string> Journaled() => outside.Journal(_folder.PathOf("journal"), new() { FlushInterval = TimeSpan.Zero });
    });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    public Task Rule_16_Items_of_a_source_of_ones_own_have_the_position_behind_them(int seed, int inArray) => Seed.Run(seed, async random =>
    {
        var expected = Enumerable.Range(1, Many).ToArray();
        var keys = await KeyedCrashes.RunAsync(
            () => Source.Resumable<int, (string Partition, long Offset)>(("a/b", 0), async run =>
            {
                while (run.Position.Offset < Many)
                {
                    var items = expected[(int)run.Position.Offset..Math.Min(Many, (int)run.Position.Offset + random.Next(1, inArray + 1))]; // other arrays in each run
                    await run.SendAllAsync(items, [.. items.Select(static item => ("a/b", (long)item))], items.Length);
                }
            }, "feed"),
            expected,
            random);

        Assert.Equal(Enumerable.Range(1, Many).Select(static i => new IdempotencyKey("job", "feed", $"a%2Fb,{i}")), keys);
        Assert.Equal("job/feed/a%252Fb%2C1", keys[0].ToString());
    });

    [Fact]
    public async Task Keys_that_a_stage_holds_at_a_checkpoint_are_part_of_its_state()
    {
        await using var store = Checkpoints.Memory();
        var (sent, isOver) = (0, false);
        var source = Source.Resumable<int, int>(0, async run =>
        {
            while (run.Position < (isOver ? 6 : 3))
            {
                await run.SendAsync(run.Position + 1, run.Position + 1);
                sent++;
            }

            await Task.Delay(isOver ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, run.Cancellation);
        }, "feed");
        var job = source.WithIdempotencyKeys().On(Env.Thread()).Through<string>(AllAtTheEnd).To(Sink.ToList<string>()).AsJob("job", store, new() { Interval = Timeout.InfiniteTimeSpan });
        await using (var run = await job.StartAsync())
        {
            await Wait.Until(() => sent == 3, "three items");
            await Wait.For(run.CheckpointAsync());
        }

        isOver = true;

        Assert.Equal(Enumerable.Range(1, 6).Select(static i => $"{i} job/feed/{i}"), await Wait.For(job.RunAsync()));
        Assert.Equal(6, sent);
    }

    [Fact]
    public async Task Without_a_job_each_run_has_keys_of_its_own()
    {
        var keys = Source.From(["a", "b"]).WithIdempotencyKeys().Select(static pair => pair.Key).To(Sink.ToList<IdempotencyKey>());

        var (first, second) = (await keys.RunAsync(), await keys.RunAsync());

        Assert.Equal(["0", "1", "0", "1"], first.Concat(second).Select(static key => key.Position));
        Assert.Equal(2, first.Concat(second).Select(static key => key.Job).Distinct().Count());
    }

    [Fact]
    public void What_has_no_keys_is_refused_with_the_way_out()
    {
        Refused(Source.Bytes("file"), "'Bytes' have no keys: a piece is what one read gave");
        Refused(Source.StandardInput(), "does not know where it stands. Use a source with a position, or put a journal behind it");
        Refused(Source.Lines("file").Where(static line => line.Length > 0), "right behind the source");
        Refused(Source.Lines("file", follow: true, new() { OnLostFile = OnLostFile.BeginWithNew }), "OnLostFile.Fail");
        Refused(Source.Resumable<int, Cursor>(new(0), static async run => await run.SendAsync(1, new(1))), "have 'Sluice.Tests.IdempotencyKeyTests+Cursor' implement IFormattable");
        var policy = Assert.Throws<ArgumentException>(static () => Source.Lines("file").WithIdempotencyKeys().OnError(ErrorPolicy.Restart(1)));
        Assert.Contains("source.OnError(...).WithIdempotencyKeys()", policy.Message, StringComparison.Ordinal);

        static void Refused<T>(Source<T> source, string says) => Assert.Contains(says, Assert.Throws<ArgumentException>(source.WithIdempotencyKeys).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_started_again_by_its_policy_gives_the_same_keys()
    {
        var fails = true;
        var source = Source.Resumable<int, int>(0, async run =>
        {
            while (run.Position < 4)
            {
                if (run.Position == 2 && fails)
                {
                    fails = false;
                    throw new IOException("the line is down");
                }

                await run.SendAsync(run.Position + 1, run.Position + 1);
            }
        }, "feed").OnError(ErrorPolicy.Restart(1)).WithIdempotencyKeys();

        var keys = await source.Select(static pair => $"{pair.Item} {pair.Key}").To(Sink.ToList<string>()).AsJob("job", Checkpoints.Memory()).RunAsync();

        Assert.Equal(["1 job/feed/1", "2 job/feed/2", "3 job/feed/3", "4 job/feed/4"], keys);
    }

    private static async Coroutine AllAtTheEnd(Inbox<(int Item, IdempotencyKey Key)> items, Target<string> next)
    {
        var all = new List<(int Item, IdempotencyKey Key)>();
        await foreach (var pair in items)
        {
            all.Add(pair);
        }

        foreach (var (item, key) in all)
        {
            await next.SendAsync($"{item} {key}");
        }
    }

    private static IEnumerable<string> Items(string stem, int count) => Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{stem} {i:000} "));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Cursor(int At);
}
