using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Rule 18: what lambdas capture comes from the program, so a job whose lambdas change it is refused before anything starts, by name; ordinary lambdas pass.</summary>
public sealed partial class CapturedValuesTests
{
    private static readonly FrozenSet<int> s_frozen = new[] { 1, 2 }.ToFrozenSet();
    private static int s_count;
    private static Regex? s_lazy;

    private readonly List<int> _list = [1];
    private int _field;
    private readonly string _name = "a";

    /// <summary>What is found in each.</summary>
    private Dictionary<string, (Func<Source<int>> Make, string Found)> Refused => new()
    {
        ["a set that is added to (hole 9)"] = (static () =>
        {
            var seen = new HashSet<int>();
            return Numbers().Where(item => seen.Add(item));
        }, "changes 'seen', a System.Collections.Generic.HashSet"),
        ["a method group of a collection"] = (static () =>
        {
            var seen = new HashSet<int>();
            return Numbers().Where(seen.Add);
        }, "the HashSet`1 of 'Add'"),
        ["a variable"] = (static () =>
        {
            var count = 0;
            return Numbers().Select(item => item + ++count);
        }, "changes 'count' which it has captured"),
        ["a variable in a nested lambda"] = (static () =>
        {
            var count = 0;
            return Numbers().Select(item => Enumerable.Range(0, item).Select(part => part + item + ++count).Sum());
        }, "changes 'count'"),
        ["a variable in an async lambda"] = (static () =>
        {
            var last = 0;
            return Numbers().SelectAsync(async (item, _) =>
            {
                await Task.Yield();
                last = item;
                return last;
            }, 1, drain: true);
        }, "changes 'last'"),
        ["a variable by reference"] = (static () =>
        {
            var count = 0;
            return Numbers().Select(item => item + Interlocked.Increment(ref count));
        }, "changes 'count'"),
        ["a variable in a local function"] = (static () =>
        {
            var count = 0;
            return Numbers().Select(Next);

            int Next(int item) => item + count++;
        }, "changes 'count'"),
        ["a field of the class in a method (hole 9)"] = (() => Numbers().Select(Counted), "changes '_field'"),
        ["a field of the class in a lambda"] = (() => Numbers().Select(item => item + _field++), "changes '_field'"),
        ["a field of the class behind a variable"] = (() =>
        {
            var more = 1;
            return Numbers().Select(item => item + more + Counted(item));
        }, "changes '_field'"),
        ["a static field of the class"] = (static () => Numbers().Select(static item => item + s_count++), "changes 's_count'"),
        ["a static field in a method of the class"] = (static () => Numbers().Select(static item => CountedAll(item)), "changes 's_count'"),
        ["a collection of the class"] = (() => Numbers().Where(item => _list.Remove(item)), "changes '_list', a System.Collections.Generic.List"),
        ["a coroutine that writes a field of its class"] = (() => Numbers().Through<int>((items, next) => CountingAsync(items, next)), "changes '_field'"),
        ["a coroutine that is given a collection and changes it"] = (static () =>
        {
            var seen = new HashSet<int>();
            return Numbers().Through<int>((items, next) => FirstOf(items, next, seen));
        }, "changes 'seen'"),
        ["an element of an array"] = (static () =>
        {
            var counts = new int[10];
            return Numbers().Select(item => ++counts[item]);
        }, "changes 'counts', a System.Int32[]"),
        ["a property of an object"] = (static () =>
        {
            var settings = new Settings();
            return Numbers().Select(item => settings.Factor += item);
        }, "changes 'settings.Factor'"),
        ["a method of an object that writes its field"] = (static () =>
        {
            ICounter counter = new Counter();
            return Numbers().Select(item => item + counter.Next());
        }, "changes 'counter._count'"),
        ["a text that is built"] = (static () =>
        {
            var text = new StringBuilder();
            return Numbers().Select(item => text.Append(item).Length);
        }, "changes 'text'"),
        ["a generator of random numbers"] = (static () =>
        {
            var random = new Random(1);
            return Numbers().Select(item => random.Next(item + 1));
        }, "changes 'random'"),
        ["a delegate that counts"] = (static () =>
        {
            var count = 0;
            Func<int, int> next = item => item + count++;
            return Numbers().Select(item => next(item));
        }, "changes 'count'"),
        ["a guarded stage"] = (static () =>
        {
            var count = 0;
            return Numbers().Through(Stage.Select<int, int>(item => item / count++).OnError(ErrorPolicy.Skip));
        }, "changes 'count'"),
        ["a branch"] = (static () =>
        {
            var count = 0;
            return Numbers().Through(Stage.Broadcast(Stage.Select<int, int>(static item => item), Stage.Where<int>(_ => count++ % 2 == 0)));
        }, "changes 'count'"),
        ["a condition of a route"] = (static () =>
        {
            var count = 0;
            return Numbers().Through(Stage.Route<int, int>([(_ => count++ % 2 == 0, Stage.Select<int, int>(static item => item))]));
        }, "changes 'count'"),
        ["a stage of keys"] = (static () =>
        {
            var count = 0;
            return Numbers().ForEachKey(static item => item % 3, Stage.Select<int, int>(item => item + count++), static (_, item) => item);
        }, "changes 'count'"),
        ["an enumerator"] = (static () =>
        {
            IEnumerator<int> other = Enumerable.Range(0, 9).GetEnumerator();
            return Numbers().Select(item => other.MoveNext() ? other.Current : item);
        }, "has captured 'other'"),
        ["a target"] = (static () =>
        {
            var target = Target.Start<int>(static async items => await items.ReceiveAsync());
            return Numbers().Where(_ => target.IsClosed);
        }, "has captured 'target'"),
        ["a collection that is given to code that is not known"] = (static () =>
        {
            var list = new List<int>();
            return Numbers().Through<List<int>>(async (items, next) =>
            {
                await foreach (var _ in items)
                {
                    await next.SendAsync(list);
                }
            }).Select(static list => list.Count);
        }, "has captured 'list', a System.Collections.Generic.List`1[System.Int32], and gives it to 'Target`1.SendAsync'"),
    };

    private Dictionary<string, Func<Source<int>>> Passing => new()
    {
        ["what is done outside of the run, which is at least once anyhow"] = static () =>
        {
            var (seen, count) = (new List<int>(), 0);
            return Numbers().Tap(seen.Add).Tap(_ => count++);
        },
        ["static lambdas"] = static () => Numbers().Select(static item => item + 1).Where(static item => item > 2 && s_frozen.Contains(item)),
        ["numbers and texts"] = static () =>
        {
            var (factor, text, when, id) = (3, "text", DateTimeOffset.UnixEpoch, Guid.Empty);
            return Numbers().Select(item => (item * factor) + text.Length + when.Year + id.ToString().Length + factor.CompareTo(4) + factor.ToString(System.Globalization.CultureInfo.InvariantCulture).Length);
        },
        ["a variable that is written before the pipeline starts"] = static () =>
        {
            var factor = 0;
            for (var i = 0; i < 3; i++)
            {
                factor += i;
            }

            return Numbers().Select(item => item * factor);
        },
        ["records"] = static () =>
        {
            var settings = new Fixed(3, "a", [1, 2]);
            return Numbers().Select(item => item * (settings with { Factor = 4 }).Factor * settings.All.Length);
        },
        ["an object whose properties are read"] = static () =>
        {
            var settings = new Settings { Factor = 3 };
            return Numbers().Select(item => item * settings.Factor * settings.Twice());
        },
        ["collections that are read"] = static () =>
        {
            var (table, list, array) = (new Dictionary<int, int> { [1] = 2 }, new List<int> { 1 }, new[] { 1, 2 });
            return Numbers().Where(item => table.TryGetValue(item, out var other) ? other > 1 : !list.Contains(item) && array[item % 2] + list[0] > 0 && array.Contains(item) && list.Any(part => part == item));
        },
        ["a collection behind an interface"] = static () =>
        {
            Dictionary<int, int> table = new Dictionary<int, int> { [1] = 2 };
            return Numbers().Select(item => table.TryGetValue(item, out var other) ? other : table.Count);
        },
        ["collections that cannot change"] = static () =>
        {
            var (frozen, list, map) = (new[] { 1 }.ToFrozenSet(), ImmutableArray.Create(1, 2), ImmutableDictionary<int, int>.Empty);
            return Numbers().Where(item => frozen.Contains(item) || list.Contains(item) || map.Add(item, 1).Count > 1);
        },
        ["regexes and delegates over such values"] = static () =>
        {
            var (regex, factor) = (Digits(), 3);
            Func<int, int> inner = item => item * factor;
            return Numbers().Where(item => regex.IsMatch($"{inner(item)}"));
        },
        ["a collection of its own"] = static () => Numbers().Select(static item =>
        {
            var (list, sum) = (new List<int>(), 0);
            list.Add(item);
            list.ForEach(part => sum += part);
            return sum;
        }),
        ["a table that a lambda makes for each run"] = static () => Numbers().Through<int>(static (items, next) => FirstOf(items, next, [])),
        ["variables of a coroutine that its lambdas share"] = static () => Numbers().Through<int>(static async (items, next) =>
        {
            var seen = new HashSet<int>();
            var count = 0;
            await foreach (var item in items)
            {
                Action add = () => count += seen.Add(item) ? 1 : 0;
                add();
                await next.SendAsync(count);
            }
        }),
        ["fields of the class that are read"] = () => Numbers().Select(item => item + _name.Length + _list.Count + _field),
        ["a value that is made when it is needed first"] = static () => Numbers().Where(static item => Lazy.IsMatch($"{item}")),
        ["tasks, clients and clocks"] = static () =>
        {
            var (gate, client, clock, lockOf) = (new TaskCompletionSource(), new HttpClient(), TimeProvider.System, new SemaphoreSlim(1));
            return Numbers().SelectAsync(async (item, cancellation) =>
            {
                await lockOf.WaitAsync(cancellation);
                gate.TrySetResult();
                return item + (int)clock.GetTimestamp() + client.DefaultRequestHeaders.Count();
            }, 1, drain: true);
        },
        ["an object of the application with what it needs"] = static () =>
        {
            var service = new Service(new HttpClient(), "a");
            return Numbers().Select(item => service.Ask(item));
        },
        ["an object that is made of captured values"] = static () =>
        {
            var list = new List<int> { 1 };
            return Numbers().Select(item => new Reader(list).Sum(item));
        },
        ["structures"] = static () =>
        {
            var (span, pair, point) = (TimeSpan.FromSeconds(1), (One: 1, Two: 2), new Point { X = 1 });
            return Numbers().Select(item => item + span.Seconds + pair.One + pair.CompareTo((1, 2)) + point.Sum + point.X);
        },
        ["an iterator"] = static () =>
        {
            var first = 3;
            return Numbers().SelectMany(item => Parts(item, first));
        },
    };

    public static TheoryData<string> RefusedNames => [.. new CapturedValuesTests().Refused.Keys];

    public static TheoryData<string> PassingNames => [.. new CapturedValuesTests().Passing.Keys];

    private static Regex Lazy => s_lazy ??= new("1");

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task Rule_18_A_stage_that_changes_what_it_captured_is_refused_by_name(string what)
    {
        await using var store = Checkpoints.Memory();
        var (make, found) = Refused[what];
        var source = make();

        var error = await Assert.ThrowsAsync<NotPortableException>(() => source.To(Sink.ToList<int>()).AsJob("job", store).RunAsync());

        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Empty(await store.ListJobsAsync());
        Assert.NotNull(error.Variable);
    }

    [Theory]
    [MemberData(nameof(PassingNames))]
    public async Task Rule_18_Ordinary_lambdas_pass(string what)
    {
        await using var store = Checkpoints.Memory();

        await using var run = await Passing[what]().To(Sink.ToList<int>()).AsJob("job", store).StartAsync();

        Assert.Equal(0, run.Committed!.Value.Number);
    }

    [Fact]
    public async Task A_captured_collection_is_allowed_by_the_name_of_the_node_as_long_as_it_does_not_change()
    {
        await using var store = Checkpoints.Memory();
        var (list, gate, release) = (new List<int> { 1 }, new TaskCompletionSource(), new TaskCompletionSource());
        var pipeline = Source.From(new int[100_000]).Through<List<int>>(async (items, next) =>
        {
            await foreach (var _ in items)
            {
                await next.SendAsync(list);
            }
        }, "checked").SelectAsync(async (item, cancellation) =>
        {
            await (gate.TrySetResult() ? release.Task : Task.Run(static () => { }, cancellation));
            return item.Count;
        }, 1, drain: true).To(Sink.ToList<int>());
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, Allow = { "checked" } };

        var run = await pipeline.AsJob("job", store, options).StartAsync();
        await gate.Task;
        list.Add(2);
        var checkpoint = run.CheckpointAsync();
        release.SetResult();
        var error = await Assert.ThrowsAsync<NotPortableException>(() => checkpoint);

        Assert.Contains("'list', which 'checked' has captured, is not as it was", error.Message, StringComparison.Ordinal);
        Assert.Same(error, await Assert.ThrowsAsync<NotPortableException>(() => run.Completion));
        Assert.Equal(100_000, (await pipeline.AsJob("job", store, options).RunAsync()).Count);
    }

    private static Source<int> Numbers() => Source.From(Enumerable.Range(0, 10).ToArray());

    private static int CountedAll(int item) => item + s_count++;

    private static IEnumerable<int> Parts(int item, int first)
    {
        for (var part = first; part < item; part++)
        {
            first++;
            yield return part + first;
        }
    }

    private static async Coroutine FirstOf(Inbox<int> items, Target<int> next, HashSet<int> seen)
    {
        await foreach (var item in items)
        {
            if (seen.Add(item))
            {
                await next.SendAsync(item);
            }
        }
    }

    [GeneratedRegex("[0-9]")]
    private static partial Regex Digits();

    private int Counted(int item) => item + _field++;

    private async Coroutine CountingAsync(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item + _field++);
        }
    }

    private interface ICounter
    {
        int Next();
    }

    private sealed class Counter : ICounter
    {
        private int _count;

        public int Next() => _count++;
    }

    private sealed class Settings
    {
        public int Factor { get; set; }

        public int Twice() => 2 * Factor;
    }

    private sealed record Fixed(int Factor, string Name, ImmutableArray<int> All);

    private sealed class Service(HttpClient client, string name)
    {
        public int Ask(int item) => item + client.DefaultRequestHeaders.Count() + name.Length;
    }

    private sealed class Reader(List<int> list)
    {
        public int Sum(int item) => item + list.Sum();
    }

    private struct Point
    {
        public int X { get; set; }

        public int Sum => X + X;
    }
}
