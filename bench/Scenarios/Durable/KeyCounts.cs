using Sluice.Durable;

namespace Sluice.Bench;

/// <summary>How often a number came.</summary>
internal sealed record KeyCount(int Key, int Count);

/// <summary>A coroutine for each number counts how often it comes, and says so at the end.</summary>
internal static class KeyCounts
{
    private static readonly JobOptions s_options = new() { Interval = TimeSpan.FromSeconds(1) };

    internal static Source<KeyCount> Of(IReadOnlyList<int> numbers) => Source.From(numbers).ForEachKey<int, int, KeyCount>(static number => number, static (key, items, next) => CountOf(key, items, next));

    /// <summary>The sum of all counts.</summary>
    internal static Pipeline<long> Sum(IReadOnlyList<int> numbers) => Of(numbers).To(Sink.Aggregate<KeyCount, long>(0, static (sum, count) => sum + count.Count));

    /// <summary>The same as a job with a checkpoint each second.</summary>
    internal static async Task<long> SumAsync(IReadOnlyList<int> numbers, CheckpointStore store) => await Sum(numbers).AsJob("counts", store, s_options).RunAsync();

    /// <summary>The counts as rows of a table.</summary>
    internal static Pipeline Rows(IReadOnlyList<int> numbers, string connectionString, string table) => Of(numbers).To(Sink.PostgreSqlInsert<KeyCount>(connectionString, table));

    /// <summary>The same as a job with a checkpoint each second.</summary>
    internal static Task RowsAsync(IReadOnlyList<int> numbers, string connectionString, string table, CheckpointStore store) => Rows(numbers, connectionString, table).AsJob("counts", store, s_options).RunAsync();

    private static async Coroutine CountOf(int key, Inbox<int> items, Target<KeyCount> next)
    {
        var count = 0;
        await foreach (var _ in items)
        {
            count++;
        }

        await next.SendAsync(new(key, count));
    }
}
