namespace Sluice.Tests.Portability;

/// <summary>The shapes of code of a coroutine, and of scopes at its awaits: moved through bytes before each item it gives the
/// same as without.</summary>
public sealed partial class CodeShapesTests
{
    private static readonly int[] s_items = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];

    public static TheoryData<string> Shapes => [.. Bodies().Keys];

    /// <summary>New ones each time: what a coroutine has in common with other code it may change.</summary>
    private static Dictionary<string, Func<Inbox<int>, Coroutine<string>>> Bodies()
    {
        var factor = 3;
        var counter = new Counter("c", 10);
        async Coroutine<string> Local(Inbox<int> items)
        {
            var sum = 0;
            await foreach (var item in items)
            {
                sum += factor * item;
            }

            return $"{sum}";
        }

        return new()
        {
            ["a method of an object"] = counter.Run,
            ["a method of a base class"] = new Derived().Run,
            ["a method of a structure"] = new Adder { Sum = 100 }.Run,
            ["a method of a generic class"] = new Holder<(int, string)>((1, "x")).Run,
            ["a generic method"] = Generic<string, List<int>>,
            ["a generic method of a generic class"] = new Holder<string>("h").Both<int>,
            ["a generic closure"] = GenericClosure("start"),
            ["a local function"] = Local,
            ["a lambda that captures"] = async items => $"{factor} {await items.ReceiveAsync() * factor}",
            ["a lambda that captures nothing"] = static async items => $"{await items.ReceiveAsync()}",
            ["a lambda in a lambda"] = async items => await ((Func<Inbox<int>, Coroutine<string>>)(async inner => $"{await inner.ReceiveAsync()} {factor}"))(items),
            ["awaiters that share a field"] = SharedAwaiters,
            ["a lock"] = Locking,
            ["a using"] = Using,
#if !DEBUG // there the compiler keeps the exception, used or not: see RefusalTests
            ["a catch that waits"] = Catching,
#endif
            ["a finally that waits"] = Finally,
            ["a nested try"] = NestedTry,
            ["loops over collections that have ended"] = EndedLoops,
            ["a loop over an array"] = OverArray,
            ["a switch over patterns"] = Patterns,
            ["a compound assignment"] = Compound,
            ["patterns of records and tuples"] = Records,
            ["a target that it keeps"] = Nested,
            ["a hundred nested coroutines"] = items => Deep(items, 100),
            ["a coroutine that begins before it is awaited"] = BegunBefore,
            ["values that have no more use"] = Dead,
        };
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task It_gives_the_same_when_it_is_moved_before_each_item(string name)
    {
        var (whole, moved, reflected) = (await Run(Bodies()[name], null), await Run(Bodies()[name], new()), await Run(Bodies()[name], new() { UsesReflection = true }));

        Assert.True(whole == moved && whole == reflected, $"{name}: '{moved}' and '{reflected}' instead of '{whole}'");
        Assert.NotEqual("", whole);
    }

    private static async Task<string> Run(Func<Inbox<int>, Coroutine<string>> body, SnapshotOptions? options)
    {
        var target = Target.Start(body);
        foreach (var item in s_items)
        {
            target = await Moved(target, options);
            if (target.Status != CoroutineStatus.Waiting)
            {
                break;
            }

            await target.SendAsync(item);
        }

        target = await Moved(target, options);
        await target.CloseAsync();
        return await target.Completion;
    }

    private static async Task<CoroutineTarget<int, string>> Moved(CoroutineTarget<int, string> target, SnapshotOptions? options) =>
        options is null || target.Status != CoroutineStatus.Waiting ? target : Copies.Of(await target.MoveAsync(options), options).Resume<int, string>();

    private static async Coroutine<string> Generic<T, TList>(Inbox<int> items)
        where TList : new()
    {
        var (list, kept) = (new TList(), (default(T), typeof(T).Name));
        var first = await items.ReceiveAsync();
        Func<TList, string> show = all => $"{all} {kept} {first}";
        await items.ReceiveAsync();
        return show(list);
    }

    private static Func<Inbox<int>, Coroutine<string>> GenericClosure<T>(T start)
    {
        var seen = new List<T> { start };
        return async items =>
        {
            await foreach (var _ in items)
            {
                seen = [.. seen, start];
            }

            return string.Join(',', seen);
        };
    }

    private static async Coroutine<string> SharedAwaiters(Inbox<int> items)
    {
        var text = "";
        for (var i = 0; i < 2; i++)
        {
            text += i == 0 ? $"{await items.ReceiveAsync()}" : await One(items) + await One(items);
            text += await Two(items) + await items.ReceiveAsync() + await Two(items);
        }

        return text;
    }

    private static async Coroutine<string> One(Inbox<int> items) => $"({await items.ReceiveAsync()})";

    private static async Coroutine<int> Two(Inbox<int> items) => await items.TryReceiveAsync(Timeout.InfiniteTimeSpan) is { IsItem: true } received ? received.Item : -1;

    private static async Coroutine<string> Locking(Inbox<int> items)
    {
        var (gate, newGate, count) = (new object(), new Lock(), 0);
        await foreach (var item in items)
        {
            lock (gate)
            {
                count += item;
            }

            lock (newGate)
            {
                count += item;
            }
        }

        lock (gate)
        {
            return $"{count}";
        }
    }

    private static async Coroutine<string> Using(Inbox<int> items)
    {
        var log = new List<string>();
        using (new Scope(log, "outer"))
        {
            using var inner = new Scope(log, "inner");
            await foreach (var item in items)
            {
                using var each = new Scope(log, $"{item}");
                await items.TryReceiveAsync(Timeout.InfiniteTimeSpan);
            }
        }

        return string.Join(' ', log);
    }

#if !DEBUG
    private static async Coroutine<string> Catching(Inbox<int> items)
    {
        var text = "";
        for (var i = 0; i < 2; i++)
        {
            try
            {
                text += await items.ReceiveAsync();
                throw new FormatException();
            }
            catch (FormatException) when (i == 0)
            {
                text += $" caught {await items.ReceiveAsync()}";
            }
            catch (FormatException)
            {
                text += " caught";
            }

            text += await items.ReceiveAsync();
        }

        return text;
    }
#endif

    private static async Coroutine<string> Finally(Inbox<int> items)
    {
        var text = "";
        try
        {
            text += await items.ReceiveAsync();
            if (text == "3")
            {
                return text + await One(items);
            }
        }
        finally
        {
            text += $" finally {await items.ReceiveAsync()} {await One(items)}";
        }

        return text;
    }

    private static async Coroutine<string> NestedTry(Inbox<int> items)
    {
        var log = new List<string>();
        while (log.Count < 6)
        {
            try
            {
                try
                {
                    log.Add($"{await items.ReceiveAsync()}");
                    _ = log.Count > 2 ? throw new InvalidOperationException("three") : 0;
                }
                finally
                {
                    log.Add("f");
                }

                log.Add(await One(items));
            }
            catch (InvalidOperationException error) when (error.Message == "three")
            {
                log.Add("three");
            }
        }

        return string.Join(' ', log);
    }

    private static async Coroutine<string> EndedLoops(Inbox<int> items)
    {
        var (counts, set, text) = (new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, new HashSet<int> { 5, 6 }, "");
        await foreach (var item in items)
        {
            foreach (var (key, count) in counts)
            {
                text += key + count;
            }

            foreach (var member in set.Where(member => member > 5))
            {
                text += member;
            }

            counts["a"] += item;
            set.Add(item);
        }

        return text;
    }

    private static async Coroutine<string> OverArray(Inbox<int> items)
    {
        var text = "";
        foreach (var (name, index) in (List<(string, int)>)[("a", 1), ("b", 2)])
        {
            foreach (var letter in new[] { 'x', 'y' })
            {
                foreach (var character in "12")
                {
                    text += $"{name}{index}{letter}{character}{await items.ReceiveAsync()} ";
                    if (text.Length > 40)
                    {
                        return text;
                    }
                }
            }
        }

        return text;
    }

    private static async Coroutine<string> Patterns(Inbox<int> items)
    {
        var text = "";
        await foreach (var item in items)
        {
            text += item switch
            {
                1 => await One(items),
                > 4 and var large => $"large {large} {await Two(items)}",
                _ when text.Length > 3 => "later",
                _ => "first",
            };
        }

        return text;
    }

    private static async Coroutine<string> Compound(Inbox<int> items)
    {
        var (numbers, names, total) = (new[] { 1, 2 }, new Dictionary<string, int> { ["a"] = 1 }, 0L);
        var point = new Point { X = 1 };
        numbers[total] += await items.ReceiveAsync();
        names["a"] += await Two(items);
        total += numbers[0] * await items.ReceiveAsync() + names["a"];
        point.X += await items.ReceiveAsync();
        (numbers[1], point.Y) = (await items.ReceiveAsync(), await Two(items));
        return $"{numbers[0]} {numbers[1]} {names["a"]} {total} {point.X} {point.Y} {(await items.ReceiveAsync() > 1 ? await One(items) : "")}";
    }

    private static async Coroutine<string> Records(Inbox<int> items)
    {
        var bus = new Bus("22", (1, null), new Stop(3));
        int? some = await items.ReceiveAsync();
        bus = bus with { At = (2, some), Next = bus.Next with { Number = await items.ReceiveAsync() } };
        var (route, (left, right), stop) = bus;
        await items.ReceiveAsync();
        return $"{bus} {route} {left} {right} {stop} {bus == bus with { }}";
    }

    private static async Coroutine<string> Nested(Inbox<int> items)
    {
        var log = new List<string>();
        var inner = Target.Start<int>(numbers => Keep(numbers, log));
        await foreach (var item in items)
        {
            await inner.SendAsync(item);
        }

        await inner.CloseAsync();
        return string.Join(' ', log);
    }

    private static async Coroutine Keep(Inbox<int> items, List<string> log)
    {
        await foreach (var item in items)
        {
            log.Add($"{log.Count}:{item}");
        }

        log.Add("end");
    }

    private static async Coroutine<string> Deep(Inbox<int> items, int depth)
    {
        var text = depth == 0 ? $"{await items.ReceiveAsync()}" : await Deep(items, depth - 1);
        return depth % 25 == 0 ? $"{text} {await items.ReceiveAsync()}" : text;
    }

    private static async Coroutine<string> BegunBefore(Inbox<int> items)
    {
        var child = One(items);
        var ended = Done();
        var first = await child;
        return first + await items.ReceiveAsync() + await ended;
    }

    private static async Coroutine<string> Done() => "done";

    private static async Coroutine<string> Dead(Inbox<int> items)
    {
        var count = Lines(new StringReader("a\nb"));
        var largest = Enumerable.Range(0, 5).Where(number => number < 3).Max();
        await items.ReceiveAsync();
        return $"{count} {largest} {await items.ReceiveAsync()}";

        static int Lines(TextReader reader) => reader.ReadToEnd().Split('\n').Length;
    }
}
