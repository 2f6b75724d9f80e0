using System.Text.Json;

namespace Sluice.Bench;

/// <summary>Coroutines to bytes and back, against System.Text.Json with the same variables as records.</summary>
internal static class SnapshotScenario
{
    private const int Once = 100_000;
    private const int Keys = 100_000;

    internal static void Run(Harness harness)
    {
        Harness.Table("snapshot", "A coroutine with five locals, waiting for its next item; the peer writes and reads a record of the same five. Limits of time: 2,000 ns each.");
        var target = Target.Start<int, double>(items => Count(items, "total"));
        Feed(target, 7);
        var bytes = Capture(target).ToBytes();
        var record = new Locals("total", 1, 7, 7, 7);
        var json = JsonSerializer.SerializeToUtf8Bytes(record);
        harness.Compare("capture", Side.Whole(Once, count => Repeat(count, () => Capture(target).Length > 0)), "JSON: write", Side.Whole(Once, count => Repeat(count, () => JsonSerializer.SerializeToUtf8Bytes(record).Length > 0)));
        harness.Compare("parse and resume", Side.Whole(Once, count => Repeat(count, () => CoroutineSnapshot.Parse(bytes).Resume<int, double>().Status == CoroutineStatus.Waiting)), "JSON: read", Side.Whole(Once, count => Repeat(count, () => JsonSerializer.Deserialize<Locals>(json)!.Count == 1)));

        Harness.Table("snapshot of a keyed stage", $"{Keys:#,0} live coroutines of a keyed stage; the peer has a dictionary of records. Costs are for a coroutine. Limits: 5,000 ns to capture, 10,000 ns to resume; 150 bytes each.");
        harness.Compare("capture", Keyed(static many => Capture(many.Stage).Length), "JSON: write", Keyed(static many => JsonSerializer.SerializeToUtf8Bytes(many.Records).Length));
        harness.Compare("parse and resume", Keyed(static many => CoroutineSnapshot.Parse(many.Bytes, many.Options).Resume<int>().Status == CoroutineStatus.Waiting ? 1 : 0), "JSON: read", Keyed(static many => JsonSerializer.Deserialize<Dictionary<int, Locals>>(many.Json)!.Count));
        var all = new Many(Keys);
        Console.WriteLine();
        Console.WriteLine($"Bytes for a coroutine: {(all.Bytes.Length - new Many(1).Bytes.Length) / (double)(Keys - 1):0.0}; as JSON {all.Json.Length / (double)Keys:0.0}.");
    }

    private static long Repeat(int count, Func<bool> act)
    {
        var done = 0;
        for (var i = 0; i < count; i++)
        {
            done += act() ? 1 : 0;
        }

        return done;
    }

    private static Side Keyed(Func<Many, long> act)
    {
        var made = new Dictionary<int, Many>();
        return Side.Whole(Keys, count =>
        {
            if (!made.TryGetValue(count, out var many))
            {
                made.Add(count, many = new Many(count));
            }

            return act(many) > 0 ? count : 0;
        });
    }

    private static CoroutineSnapshot Capture<T>(CoroutineTarget<T> target, SnapshotOptions? options = null)
    {
        var taken = target.SnapshotAsync(options).AsTask();
        return taken.IsCompletedSuccessfully ? taken.Result : throw new InvalidOperationException("The snapshot had to wait.");
    }

    private static void Feed(CoroutineTarget<int> target, int item)
    {
        if (!target.SendAsync(item).AsTask().IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("An item had to wait.");
        }
    }

    private static async Coroutine<double> Count(Inbox<int> items, string name)
    {
        var (count, sum, min, max) = (0, 0.0, int.MaxValue, int.MinValue);
        await foreach (var item in items)
        {
            count++;
            sum += item;
            min = Math.Min(min, item);
            max = Math.Max(max, item);
        }

        return name.Length + count + sum + min + max;
    }

    private static async Coroutine CountKey(int key, Inbox<int> items, Target<double> next)
    {
        var (count, sum, min, max) = (0, 0.0, int.MaxValue, int.MinValue);
        await foreach (var item in items)
        {
            count++;
            sum += item;
            min = Math.Min(min, item);
            max = Math.Max(max, item);
        }

        await next.SendAsync(key + count + sum + min + max);
    }

    private sealed record Locals(string Name, int Count, double Sum, int Min, int Max);

    /// <summary>A keyed stage with so many coroutines, and the same as records.</summary>
    private sealed class Many
    {
        internal Many(int count)
        {
            Stage = Sluice.Stage.ForEachKey<int, int, double>(item => item, CountKey).Start(new CountTarget<double>());
            for (var i = 0; i < count; i++)
            {
                Feed(Stage, i);
                Records.Add(i, new Locals("key", 1, i, i, i));
            }

            Bytes = Capture(Stage).ToBytes();
            Json = JsonSerializer.SerializeToUtf8Bytes(Records);
        }

        internal CoroutineTarget<int> Stage { get; }

        internal SnapshotOptions Options { get; } = new();

        internal Dictionary<int, Locals> Records { get; } = [];

        internal byte[] Bytes { get; }

        internal byte[] Json { get; }
    }
}
