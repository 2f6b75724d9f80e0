using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Data;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Sluice.Tests.Portability;

/// <summary>A report says of a stage, without running it, what a capture of it says: that a variable can be stored, that it cannot and why, or that this depends
/// on what the variable holds. Each stage keeps one variable of a declared type, and is compared with its capture.</summary>
public sealed partial class CheckAgainstCaptureTests
{
    /// <summary>The value that the stage under test takes as its variable: not captured, so that the report has the type alone.</summary>
    private static object? s_value;

    private enum Verdict
    {
        Portable,
        Refused,

        /// <summary>The declared type is open.</summary>
        Depends,
    }

    [Fact]
    public void A_report_says_what_a_capture_says()
    {
        var cases = Cases().ToList();
        var differences = cases.Select(static one => one.Difference()).OfType<string>().ToList();

        Assert.True(differences.Count == 0, $"{differences.Count} of {cases.Count} differ:\n{string.Join('\n', differences)}");
        Assert.True(cases.Count >= 99, $"There are {cases.Count} stages.");
        Assert.All(Enum.GetValues<Verdict>(), verdict => Assert.InRange(cases.Count(one => one.Said == verdict), 10, 99));
    }

    [Fact]
    public void A_report_lists_what_depends_on_the_value_behind_the_problems()
    {
        var report = Stage.Create<int, int>(Keep<IEnumerable<int>>).CheckPortable();

        Assert.True(report.IsPortable);
        Assert.Equal("portable\nKeep: 'kept' is a 'System.Collections.Generic.IEnumerable`1[System.Int32]': whether it can be stored depends on what it holds.", report.ToString());
    }

    [Fact]
    public void A_report_of_our_own_stages_lists_nothing_of_their_inside()
    {
        var limit = 3;
        var stage = Stage.Where<int>(item => item > limit) | Stage.Chunk<int>(4) | Stage.ForEachKey<int[], int, int>(chunk => chunk[0], PerKey) | Stage.Select<int, string>(item => $"{item}");

        Assert.Equal("portable", stage.CheckPortable().ToString());
    }

    [Fact]
    public void A_report_of_our_own_stages_says_what_their_capture_says()
    {
        var second = TimeSpan.FromSeconds(1);
        string?[] differences =
        [
            DifferenceOf("Where", Stage.Where<int>(static item => item > 1)),
            DifferenceOf("Select", Stage.Select<int, string>(static item => $"{item}")),
            DifferenceOf("SelectMany", Stage.SelectMany<int, int>(static item => [item, item])),
            DifferenceOf("Chunk", Stage.Chunk<int>(2)),
            DifferenceOf("Chunk in time", Stage.Chunk<int>(2, second)),
            DifferenceOf("Distinct", Stage.Distinct<int>()),
            DifferenceOf("DistinctUntilChanged", Stage.DistinctUntilChanged<int>()),
            DifferenceOf("Pairwise", Stage.Pairwise<int>()),
            DifferenceOf("Scan", Stage.Scan<int, int>(0, static (sum, item) => sum + item)),
            DifferenceOf("Skip", Stage.Skip<int>(1)),
            DifferenceOf("SkipWhile", Stage.SkipWhile<int>(static item => item < 2)),
            DifferenceOf("Take", Stage.Take<int>(9)),
            DifferenceOf("TakeWhile", Stage.TakeWhile<int>(static item => item < 9)),
            DifferenceOf("Tap", Stage.Tap<int>(static item => GC.KeepAlive(item))),
            DifferenceOf("SlidingWindow", Stage.SlidingWindow<int>(2, 1)),
            DifferenceOf("ForEachKey", Stage.ForEachKey<int, int, int>(static item => item % 2, EachKey)),
            DifferenceOf("ForEachKey of some", Stage.ForEachKey<int, int, int>(static item => item, EachKey, new KeyedOptions { MaxKeys = 2, IdleTimeout = second })),
            DifferenceOf("Debounce", Stage.Debounce<int>(second)),
            DifferenceOf("Throttle", Stage.Throttle<int>(second)),
            DifferenceOf("Timeout", Stage.Timeout<int>(second)),
        ];

        Assert.Empty(differences.OfType<string>());
    }

    private static string? DifferenceOf<TOut>(string name, Stage<int, TOut> stage)
    {
        var report = stage.CheckPortable();
        var target = stage.Start(Target.Start<TOut>(Taken));
        for (var item = 1; item <= 3; item++)
        {
            Assert.True(target.SendAsync(item).AsTask().IsCompletedSuccessfully, name);
        }

        var captured = target.SnapshotAsync().AsTask();
        Assert.True(captured.IsCompleted, name);
        return captured.IsCompletedSuccessfully == report.IsPortable && report.Undecided.Count == 0 ? null : $"{name}: the report says {report}, the capture {captured.Exception?.InnerException?.Message ?? "yes"}";
    }

    private static async Coroutine Taken<T>(Inbox<T> items)
    {
        await foreach (var item in items)
        {
            GC.KeepAlive(item);
        }
    }

    private static async Coroutine EachKey(int key, Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item + key);
        }
    }

    private static IEnumerable<Case> Cases()
    {
        // Numbers, texts, times.
        yield return Of(Verdict.Portable, 1);
        yield return Of(Verdict.Portable, 1.5m);
        yield return Of(Verdict.Portable, "text");
        yield return Of(Verdict.Portable, (string?)null);
        yield return Of(Verdict.Portable, DateTime.UnixEpoch);
        yield return Of(Verdict.Portable, DateTimeOffset.UnixEpoch);
        yield return Of(Verdict.Portable, TimeSpan.Zero);
        yield return Of(Verdict.Portable, Guid.Empty);
        yield return Of(Verdict.Portable, BigInteger.One);
        yield return Of(Verdict.Portable, (int?)3);
        yield return Of(Verdict.Portable, DayOfWeek.Monday);
        yield return Of(Verdict.Portable, Vector3.One);
        yield return Of(Verdict.Portable, (1, "two", 3.0));
        yield return Of(Verdict.Portable, Tuple.Create(1, "two"));
        yield return Of(Verdict.Portable, new Plain(1, ["x"]));
        yield return Of(Verdict.Portable, new Pair { Left = "l", Right = 2 });
        yield return Of(Verdict.Portable, new Looped());
        yield return Of(Verdict.Portable, new ReadOnlyMemory<byte>([1, 2]));

        // Collections and what is in them.
        yield return Of(Verdict.Portable, new int[2]);
        yield return Of(Verdict.Portable, new string[1, 2]);
        yield return Of(Verdict.Portable, new List<Plain> { new(1, []) });
        yield return Of(Verdict.Portable, new Dictionary<string, List<int>> { ["a"] = [1] });
        yield return Of(Verdict.Portable, new HashSet<(int, string)> { (1, "a") });
        yield return Of(Verdict.Portable, new SortedDictionary<int, string>());
        yield return Of(Verdict.Portable, new PriorityQueue<string, int>());
        yield return Of(Verdict.Portable, new ConcurrentDictionary<string, int>());
        yield return Of(Verdict.Portable, ImmutableArray.Create(1, 2));
        yield return Of(Verdict.Portable, ImmutableDictionary<string, int>.Empty);
        yield return Of(Verdict.Portable, new[] { "a", "b" }.ToFrozenSet());
        yield return Of(Verdict.Portable, new Dictionary<string, Plain> { ["a"] = new(1, []) }.ToFrozenDictionary());
        yield return Of(Verdict.Portable, new[] { new Plain(1, []) }.ToFrozenSet());
        yield return Of(Verdict.Portable, new Dictionary<(int, string), Plain> { [(1, "a")] = new(1, []) }.ToFrozenDictionary());
        yield return Of(Verdict.Refused, new Dictionary<int, (int, string)> { [1] = (1, "a") }.ToFrozenDictionary());
        yield return Of(Verdict.Portable, new ObservableCollection<int>([1]));
        yield return Of(Verdict.Portable, new ArraySegment<int>([1, 2]));
        yield return Of(Verdict.Portable, new List<int> { 1 }.GetEnumerator());

        // Objects of .NET.
        yield return Of(Verdict.Portable, new StringBuilder("x"));
        yield return Of(Verdict.Portable, new Regex("a+"));
        yield return Of(Verdict.Portable, Generated());
        yield return Of(Verdict.Portable, new Uri("https://example.org/"));
        yield return Of(Verdict.Portable, new Version(1, 2));
        yield return Of(Verdict.Portable, CultureInfo.InvariantCulture);
        yield return Of(Verdict.Portable, TimeZoneInfo.Utc);
        yield return Of(Verdict.Portable, Encoding.UTF8);
        yield return Of(Verdict.Portable, IPAddress.Loopback);
        yield return Of(Verdict.Portable, new IPEndPoint(IPAddress.Loopback, 1));
        yield return Of(Verdict.Portable, new BitArray(3));
        yield return Of(Verdict.Portable, new Random(1));
        yield return Of(Verdict.Portable, new Lock());
        yield return Of(Verdict.Portable, typeof(int));
        yield return Of(Verdict.Portable, new JsonObject { ["a"] = 1 });
        yield return Of<JsonNode>(Verdict.Portable, new JsonArray(1, "two", null));
        yield return Of(Verdict.Portable, new ElapsedTime(TimeProvider.System));

        // What cannot be stored, by itself, in others, in collections.
        yield return Of<Stream>(Verdict.Refused, new MemoryStream());
        yield return Of(Verdict.Refused, new MemoryStream());
        yield return Of(Verdict.Refused, new StringReader("x"));
        yield return Of(Verdict.Refused, new StringWriter());
        yield return Of(Verdict.Refused, Task.CompletedTask);
        yield return Of(Verdict.Refused, Task.FromResult(1));
        yield return Of(Verdict.Refused, new CancellationTokenSource());
        yield return Of(Verdict.Refused, new ManualResetEvent(false));
        yield return Of(Verdict.Refused, new SemaphoreSlim(1));
        yield return Of(Verdict.Refused, new InvalidOperationException());
        yield return Of(Verdict.Refused, Stopwatch.StartNew());
        yield return Of(Verdict.Refused, new Thread(static () => { }));
        yield return Of(Verdict.Refused, new Timer(static _ => { }));
        yield return Of(Verdict.Refused, new HttpClient());
        yield return Of(Verdict.Refused, new Lazy<int>(1));
        yield return Of(Verdict.Refused, new WeakReference<string>("x"));
        yield return Of(Verdict.Refused, new DataTable());
        yield return Of(Verdict.Refused, new Derived { 1 });
        yield return Of(Verdict.Refused, new Memory<int>([1]));
        yield return Of(Verdict.Refused, JsonDocument.Parse("1"));
        yield return Of(Verdict.Refused, JsonDocument.Parse("1").RootElement);
        yield return Of(Verdict.Refused, new JsonSerializerOptions());
        yield return Of(Verdict.Refused, Channel.CreateUnbounded<int>());
        yield return Of(Verdict.Refused, new ArrayBufferWriter<byte>());
        yield return Of(Verdict.Refused, new Dictionary<int, int> { [1] = 2 }.GetEnumerator());
        yield return Of(Verdict.Refused, new HashSet<int> { 1 }.GetEnumerator());
        yield return Of(Verdict.Refused, new LinkedList<int>([1]).First!);
        yield return Of(Verdict.Refused, ImmutableList.CreateBuilder<int>());
        yield return Of(Verdict.Refused, new WithStream { Stream = new MemoryStream() });
        yield return Of(Verdict.Refused, new Outer(new WithStream { Stream = new MemoryStream() }));
        yield return Of(Verdict.Refused, new List<Stream> { new MemoryStream() });
        yield return Of(Verdict.Refused, new[] { new MemoryStream() });
        yield return Of(Verdict.Refused, new Dictionary<string, Task> { ["a"] = Task.CompletedTask });
        yield return Of(Verdict.Refused, ("a", Task.CompletedTask));
        yield return Of(Verdict.Refused, new Handle { Value = 1 });
        yield return Of<EndPoint>(Verdict.Refused, new IPEndPoint(IPAddress.Any, 0)); // a type argument of that type
        yield return Of(Verdict.Refused, new HoldsTask(Task.CompletedTask));
        yield return Of(Verdict.Refused, new HoldsWatch(Stopwatch.StartNew()));
        yield return Of(Verdict.Refused, new HoldsElement(JsonDocument.Parse("1").RootElement));
        yield return Of(Verdict.Refused, new HoldsEnumerator(new Dictionary<int, int> { [1] = 2 }.GetEnumerator()));
        yield return Of(Verdict.Refused, new HoldsStreams([new MemoryStream()]));

        // Only their content shows it.
        yield return Of<object>(Verdict.Depends, 1);
        yield return Of<object>(Verdict.Depends, new MemoryStream());
        yield return Of<IEnumerable<int>>(Verdict.Depends, new[] { 1 });
        yield return Of(Verdict.Depends, new[] { 1 }.Where(static item => item > 0));
        yield return Of<IEnumerator<int>>(Verdict.Depends, ((IEnumerable<int>)[1]).GetEnumerator());
        yield return Of<IEnumerator<int>>(Verdict.Depends, new HashSet<int> { 1 }.GetEnumerator());
        yield return Of<IDisposable>(Verdict.Depends, new MemoryStream());
        yield return Of<IComparer<string>>(Verdict.Depends, StringComparer.Ordinal);
        yield return Of(Verdict.Depends, StringComparer.Create(new CultureInfo(""), CompareOptions.IgnoreWidth));
        yield return Of<TimeProvider>(Verdict.Depends, TimeProvider.System);
        yield return Of(Verdict.Depends, new HoldsEndPoint(new IPEndPoint(IPAddress.Any, 0)));
        yield return Of(Verdict.Depends, new HoldsEndPoint(new UnixDomainSocketEndPoint("/x")));
        yield return Of(Verdict.Depends, new HoldsToken(new CancellationTokenSource().Token));
        yield return Of<Func<int, int>>(Verdict.Depends, Twice);
        yield return Of<Func<double, double>>(Verdict.Depends, Math.Abs);
        yield return Of<Delegate>(Verdict.Depends, Twice);
        yield return Of<Array>(Verdict.Depends, new[] { 1 });
        yield return Of<ValueType>(Verdict.Depends, 1);
        yield return Of<Enum>(Verdict.Depends, DayOfWeek.Friday);
        yield return Of<Shape>(Verdict.Depends, new Circle(1));
        yield return Of<Shape>(Verdict.Depends, new Drawn(new MemoryStream()));
        yield return Of(Verdict.Depends, new List<object> { new MemoryStream() });
        yield return Of(Verdict.Depends, new Holder(new MemoryStream()));
        yield return Of(Verdict.Depends, new CancellationTokenSource().Token);
        yield return Of(Verdict.Depends, CancellationToken.None);
    }

    private static Case Of<T>(Verdict verdict, T value) => new(verdict, typeof(T), value, Stage.Create<int, int>(Keep<T>));

    private static async Coroutine Keep<T>(Inbox<int> items, Target<int> next)
    {
        var kept = (T)s_value!;
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }

        GC.KeepAlive(kept);
    }

    private static async Coroutine PerKey(int key, Inbox<int[]> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item.Length + key);
        }
    }

    private static int Twice(int number) => 2 * number;

    [GeneratedRegex("a+b")]
    private static partial Regex Generated();

    private sealed record Case(Verdict Expected, Type Declared, object? Value, Stage<int, int> Stage)
    {
        private readonly PortabilityReport _report = Stage.CheckPortable();

        internal Verdict Said => _report.Problems.Count > 0 ? Verdict.Refused : _report.Undecided.Count > 0 ? Verdict.Depends : Verdict.Portable;

        /// <summary>Null: the report says what the capture says.</summary>
        internal string? Difference()
        {
            s_value = Value;
            var target = Stage.Start(Target.Start<int>(Taken));
            string? reason = null;
            var variable = "kept";
            try
            {
                var captured = target.SnapshotAsync().AsTask();
                Assert.True(captured.IsCompleted);
                captured.GetAwaiter().GetResult();
            }
            catch (NotPortableException error)
            {
                (reason, variable) = (error.Reason, error.Variable ?? "");
            }

            var isOfType = reason?.StartsWith("it is made of", StringComparison.Ordinal) == true; // of the coroutine's type argument, or of a collection's
            var isSame = Said == Expected && (isOfType || variable.StartsWith("kept", StringComparison.Ordinal)) && Said switch
            {
                Verdict.Refused => reason is not null && _report.Problems.Any(problem => reason.EndsWith(problem.Reason, StringComparison.Ordinal) && (isOfType || problem.Variable.StartsWith("kept", StringComparison.Ordinal))),
                Verdict.Depends => _report.Undecided.All(static variable => variable.Variable.StartsWith("kept", StringComparison.Ordinal)),
                _ => reason is null,
            };
            return isSame ? null : $"{Declared} with {Value}: should be {Expected}. The report says {Said} ({_report}), the capture of '{variable}' {reason ?? "yes"}";
        }
    }

    private sealed record Plain(int Number, List<string> Names);

    private struct Pair
    {
        public string Left;

        public int Right;
    }

    private sealed class Looped
    {
        private readonly Looped? _self;

        internal Looped() => _self = this;

        public override string ToString() => $"{_self is not null}";
    }

    private sealed class WithStream
    {
        public Stream? Stream { get; set; }
    }

    private sealed record Outer(WithStream Inner);

    private sealed record Holder(object Held);

    private sealed record HoldsEndPoint(EndPoint Held);

    private sealed record HoldsToken(CancellationToken Held);

    private sealed record HoldsTask(Task Held);

    private sealed record HoldsWatch(Stopwatch Held);

    private sealed record HoldsElement(JsonElement Held);

    private sealed record HoldsEnumerator(Dictionary<int, int>.Enumerator Held);

    private sealed record HoldsStreams(List<Stream> Held);

    private sealed class Derived : List<int>;

    private sealed class Handle
    {
        public nint Value { get; set; }
    }

    private abstract class Shape;

    private sealed class Circle(double radius) : Shape
    {
        public override string ToString() => $"{radius}";
    }

    private sealed class Drawn(Stream stream) : Shape
    {
        public override string ToString() => $"{stream}";
    }
}
