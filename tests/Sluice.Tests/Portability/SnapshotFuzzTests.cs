using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Tests.Portability;

/// <summary>Damaged snapshots, also such whose checksum fits: an error each time, or a coroutine with other values. Never a
/// crash, a hang, or memory without bounds. SLUICE_FUZZ=N runs N mutations instead of 200,000.</summary>
public sealed class SnapshotFuzzTests
{
    private const int Parts = 8;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Parts)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_mutated_snapshot_is_refused_or_resumes(int seed)
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ"), out var wanted) ? wanted : 200_000;
        var random = new Random(seed);
        var original = Original();
        var options = new SnapshotOptions();
        Assert.True(TryResume(original, options));
        var (refused, resumed, most) = (0, 0, 0L);
        for (var i = 0; i < count / Parts; i++)
        {
            var bytes = Mutated(original, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (TryResume(bytes, options))
            {
                resumed++;
            }
            else
            {
                refused++;
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(refused, count / Parts / 4, count);
        Assert.InRange(resumed, 1, count);
        Assert.InRange(most, 0, 16_000_000);
    }

    [SuppressMessage("Performance", "CA1031", Justification = "What the resumed code itself throws at values that it never made is its own.")]
    private static bool TryResume(byte[] bytes, SnapshotOptions options)
    {
        CoroutineTarget<int, string> target;
        try
        {
            target = CoroutineSnapshot.Parse(bytes, options).Resume<int, string>();
        }
        catch (SnapshotException error)
        {
            Assert.NotEqual("", error.Message);
            return false;
        }
        catch (InvalidOperationException error) when (error.Message.StartsWith("The snapshot is of a", StringComparison.Ordinal))
        {
            return false;
        }

        Assert.Equal(CoroutineStatus.Waiting, target.Status == CoroutineStatus.Completed ? CoroutineStatus.Waiting : target.Status);
        return true;
    }

    private static byte[] Original()
    {
        var target = Target.Start<int, string>(items => Outer(items, "prefix", number => number * 2));
        Assert.True(target.SendAsync(1).AsTask().IsCompletedSuccessfully);
        Assert.True(target.SendAsync(2).AsTask().IsCompletedSuccessfully);
        var snapshot = target.SnapshotAsync().AsTask();
        Assert.True(snapshot.IsCompletedSuccessfully);
        return snapshot.Result.ToBytes();
    }

    private static byte[] Mutated(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        var objects = Math.Max(0, original.Length - 150); // the kinds of objects come first, the objects at the end
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

        byte[] mutated = [.. bytes];
        if (random.Next(8) > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(mutated.AsSpan(mutated.Length - 4), Checksum.Of(mutated.AsSpan(0, mutated.Length - 4)));
        }

        return mutated;
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
