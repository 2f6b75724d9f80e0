using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Tests.Portability;

/// <summary>Damaged snapshots whose checksum fits: an error each time, or a coroutine with other values, which can be closed. Never a
/// crash, a hang, or memory without bounds. SLUICE_FUZZ=N runs N mutations instead of 40,000.</summary>
[Trait("Configuration", "Release")]
public sealed class SnapshotFuzzTests
{
    private const int Parts = 8;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Parts)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task A_mutated_snapshot_is_refused_or_resumes_and_closes(int seed) => Seed.Run(seed, async random =>
    {
        const int Batch = 1000; // each is waited for, so an endless loop is a failure
        var count = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ"), out var wanted) ? wanted : 40_000;
        var original = Original(seed);
        var options = new SnapshotOptions();
        Assert.True(TryResume(original, options));
        var (refused, resumed, most, total) = (0, 0, 0L, 0L);
        for (var done = 0; done < count / Parts; done += Batch)
        {
            await Wait.For(Task.Run(() =>
            {
                for (var i = 0; i < Batch; i++)
                {
                    var bytes = Mutated(original, random);
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var isResumed = TryResume(bytes, options);
                    (resumed, refused) = isResumed ? (resumed + 1, refused) : (resumed, refused + 1);
                    var taken = GC.GetAllocatedBytesForCurrentThread() - before;
                    (most, total) = (Math.Max(most, taken), total + taken);
                }
            }), $"the mutations of seed {seed} from number {done} on");
        }

        Assert.InRange(refused, count / Parts / 4, count);
        Assert.InRange(resumed, 1, count);
        Assert.InRange(most, 0, 16_000_000);
        Assert.InRange(total, 0, count / Parts * 1_000_000L);
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_count_of_two_billion_at_any_place_takes_no_memory(int seed)
    {
        var original = Original(seed);
        var options = new SnapshotOptions();
        for (var at = 5; at < original.Length - 4; at++)
        {
            byte[] bytes = [.. original[..at], 0xFF, 0xFF, 0xFF, 0xFF, 0x07, .. original[(at + 1)..]];
            Hostile.Summed(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            TryResume(bytes, options);

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
        }
    }

    private static bool TryResume(byte[] bytes, SnapshotOptions options)
    {
        var message = Hostile.MessageOf(bytes, options);
        Assert.NotEqual("", message);
        return message is null;
    }

    /// <summary>Of each kind that a snapshot can have: nested coroutines, collections and delegates, generators, the coroutines of a keyed
    /// stage, and what older code stored.</summary>
    private static byte[] Original(int seed) => (seed % 5) switch
    {
        1 => Captured(Target.Start<int, string>(items => Outer(items, "prefix", number => number * 2))),
        2 => Captured(Target.Start<int, string>(Collections)),
        3 => Captured(Target.Start<int, string>(WithGenerator)),
        4 => Captured((Stage.Chunk<int>(2) | Stage.ForEachKey<int[], int, string>(chunk => chunk[0] % 3, PerKey, seed < 5 ? null : new KeyedOptions { MaxKeys = 2 })).Start(Target.Start<string>(Take))),
        _ => File.ReadAllBytes(OlderVersionsTests.FileOf("upgraded")),
    };

    private static byte[] Captured(CoroutineTarget<int> target)
    {
        for (var item = 1; item <= 5; item++)
        {
            Assert.True(target.SendAsync(item).AsTask().IsCompletedSuccessfully);
        }

        var snapshot = target.SnapshotAsync().AsTask();
        Assert.True(snapshot.IsCompletedSuccessfully);
        return snapshot.Result.ToBytes();
    }

    private static byte[] Mutated(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        var objects = Math.Max(0, original.Length - (150 + (original.Length / 8))); // the kinds of objects come first, the objects at the end
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(4) == 0 ? random.Next(bytes.Count - 4) : random.Next(Math.Min(objects, bytes.Count - 5), bytes.Count - 4);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
                    break;
                default:
                    bytes[at] = bytes[random.Next(bytes.Count - 4)];
                    break;
            }
        }

        return Hostile.Summed([.. bytes]);
    }

    private static async Coroutine<string> Collections(Inbox<int> items)
    {
        var (set, sorted) = (new HashSet<string>(StringComparer.Ordinal) { "a", "b" }, new SortedDictionary<int, string> { [2] = "b", [1] = "a" });
        var (queue, heap, grid) = (new Queue<long>([1, 2, 3]), new PriorityQueue<string, int>([("x", 1), ("y", 0)]), new[,] { { 1.5, 2 }, { 3, 4 } });
        var (immutable, list) = (ImmutableDictionary<string, object>.Empty.Add("k", Guid.Empty).Add("d", DateTime.UnixEpoch), new LinkedList<char>("chars"));
        var (bits, text, address, pattern, kind) = (new BitArray(19, true), new StringBuilder("builder"), new Uri("https://example.org/"), new Regex("a+"), typeof(List<int>));
        Func<int, int> first = number => number + queue.Count;
        Action both = () => text.Append('x');
        both += () => queue.Enqueue(1);
        var nested = new Dictionary<(int, string), HashSet<string>> { [(1, "one")] = set };
        var (frozen, tuples, map) = (new[] { "f", "g" }.ToFrozenSet(), new[] { (1, "f"), (2, "g") }.ToFrozenSet(), new Dictionary<int, object> { [1] = "one", [2] = set }.ToFrozenDictionary());
        var json = JsonNode.Parse("""{"a":[1,{"b":"c"}],"d":null}""");
        var predicate = new Predicate<int>(number => first(number) > 3);
        await foreach (var item in items)
        {
            queue.Enqueue(item);
            both();
        }

        return $"{set} {sorted} {heap} {grid} {immutable} {list} {bits} {address} {pattern} {kind} {nested} {predicate} {frozen} {tuples} {map} {json}";
    }

    private static async Coroutine<string> WithGenerator(Inbox<int> items)
    {
        using var numbers = Generator.Start<int>(Numbers);
        using var sums = Generator.Start<int, int, string>(Sums);
        var text = $"{sums.Next()}";
        foreach (var name in new List<string> { "one", "two", "three", "four", "five", "six" })
        {
            text += $"{name} {numbers.Next()} {sums.Send(await items.ReceiveAsync())} ";
        }

        return text;
    }

    private static async Coroutine Numbers(Exchange<int> exchange)
    {
        for (var i = 0; ; i++)
        {
            await exchange.Yield(i);
            await exchange.YieldFrom(Generator.Start<int>(async inner => await inner.Yield(-i)));
        }
    }

    private static async Coroutine<string> Sums(Exchange<int, int> exchange)
    {
        var sum = 0;
        while (sum < 1000)
        {
            sum += await exchange.Yield(sum);
        }

        return "enough";
    }

    private static async Coroutine PerKey(int key, Inbox<int[]> items, Target<string> next)
    {
        var seen = new List<int[]>();
        await foreach (var item in items)
        {
            seen.Add(item);
            await next.SendAsync($"{key} {seen.Count}");
        }
    }

    private static async Coroutine Take(Inbox<string> items)
    {
        var last = "";
        await foreach (var item in items)
        {
            last = item;
        }

        GC.KeepAlive(last);
    }

    private static async Coroutine<string> Outer(Inbox<int> items, string prefix, Func<int, int> change)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1, ["b"] = 2 };
        var last = new[] { 1, 2, 3 };
        var names = new List<string> { "x", prefix };
        await foreach (var item in items)
        {
            counts["a"] += await Inner(items, change(item), names);
            last[0] = item;
        }

        return $"{prefix} {counts["a"]} {last[0]} {names.Count}";
    }

    private static async Coroutine<int> Inner(Inbox<int> items, int first, List<string> names)
    {
        var pair = (First: first, Second: (long?)7);
        object boxed = 3.5m;
        try
        {
            while (pair.First < 1000)
            {
                pair.First += await items.ReceiveAsync();
            }
        }
        finally
        {
            names.Add($"{boxed} {pair}");
        }

        return pair.First;
    }
}
