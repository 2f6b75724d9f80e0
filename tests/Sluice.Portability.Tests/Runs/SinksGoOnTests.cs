using System.Globalization;
using System.Text.Json;

namespace Sluice.Tests;

/// <summary>A run whose sink returns something is cut at a mark, at any item, and goes on: the result is that of an undisturbed one.</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
public sealed class SinksGoOnTests
{
    private const int Items = 30;

    private static readonly Dictionary<string, ICutSink> s_sinks = new()
    {
        ["Aggregate"] = Of(static source => source.To(Sink.Aggregate<int, int>(1, static (sum, item) => unchecked((3 * sum) + item)))),
        ["Aggregate with a result"] = Of(static source => source.To(Sink.Aggregate<int, List<int>, int>([], static (all, item) => [.. all, item], static all => all.Count))),
        ["Count"] = Of(static source => source.To(Sink.Count<int>())),
        ["CountBy"] = Of(static source => source.To(Sink.CountBy<int, int>(static item => item % 4))),
        ["First"] = Of(static source => source.Skip(12).To(Sink.First<int>())),
        ["Last"] = Of(static source => source.To(Sink.Last<int>())),
        ["ToDictionary"] = Of(static source => source.To(Sink.ToDictionary<int, int, string>(static item => item, static item => item.ToString(CultureInfo.InvariantCulture)))),
        ["ToList"] = Of(static source => source.To(Sink.ToList<int>())),
        ["coroutine"] = Of(static source => source.To(Sink.Create<int, int>(static items => Largest(items)))),
        ["OnError"] = Of(static source => source.To(Sink.Create<int, int>(static items => Largest(items)).OnError(ErrorPolicy.Skip))),
    };

    internal static IEnumerable<Func<RunOptions, Task>> All => s_sinks.Values.Select(static sink => (Func<RunOptions, Task>)sink.RunAsync);

    public static TheoryData<string> Sinks => [.. s_sinks.Keys];

    [Theory]
    [MemberData(nameof(Sinks))]
    public async Task Its_result_is_that_of_an_undisturbed_run(string sink)
    {
        var (whole, _) = await s_sinks[sink].RunAsync(null, -1);
        var marks = 0;
        for (var at = 0; at < Items; at++)
        {
            var (result, stored) = await s_sinks[sink].RunAsync(null, at);
            if (stored is not null)
            {
                marks++;
                (result, _) = await s_sinks[sink].RunAsync(stored, -1);
            }

            Assert.Equal(whole, result);
        }

        Assert.InRange(marks, 6, Items);
    }

    private static CutSink<TResult> Of<TResult>(Func<Source<int>, Pipeline<TResult>> make) => new(make);

    private static async Coroutine<int> Largest(Inbox<int> items)
    {
        var largest = -1;
        await foreach (var item in items)
        {
            largest = Math.Max(largest, (item * 7) % 31);
        }

        return largest;
    }

    private interface ICutSink
    {
        /// <summary>Runs it up to a mark, or from one on.</summary>
        /// <returns>The result as a text, and what the mark has stored.</returns>
        Task<(string Result, Dictionary<StateKey, byte[]>? Stored)> RunAsync(Dictionary<StateKey, byte[]>? stored, int markAt);

        Task RunAsync(RunOptions options);
    }

    private sealed class CutSink<TResult>(Func<Source<int>, Pipeline<TResult>> make) : ICutSink
    {
        public async Task<(string Result, Dictionary<StateKey, byte[]>? Stored)> RunAsync(Dictionary<StateKey, byte[]>? stored, int markAt)
        {
            var (result, taken) = await MarkedRun.Run(Make(), stored, markAt, endsAtMark: true);
            return (JsonSerializer.Serialize(result), taken);
        }

        public Task RunAsync(RunOptions options) => Make().RunAsync(options);

        private Pipeline<TResult> Make() => make(Source.From(Enumerable.Range(0, Items).ToArray()).Select(MarkedRun.Count));
    }
}
