using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Sluice.Tests.Portability;

/// <summary>Bytes with a right checksum whose parts do not fit together are refused before anything of them runs: no circle of coroutines, no
/// coroutine that nothing awaits, no key that contains itself.</summary>
[Trait("Configuration", "Release")]
public sealed class HostileStructureTests
{
    public static TheoryData<int> Originals => [.. Enumerable.Range(0, 5)];

    [Theory]
    [MemberData(nameof(Originals))]
    public async Task Any_byte_as_any_reference_is_refused_or_resumes_and_closes(int which)
    {
        var (original, objects) = Original(which);
        for (var at = 5; at < original.Length - 4; at++)
        {
            var bytes = (byte[])original.Clone();
            var place = at;
            await Wait.For(Task.Run(() =>
            {
                // Each third number, others at the next place, so that each object stands at each third place; no object and one too many stand at all.
                foreach (var id in Enumerable.Range(0, objects + 2).Where(id => id == 0 || id > objects || (id + place) % 3 == 0))
                {
                    bytes[place] = (byte)id;
                    Hostile.ResumeAndClose(Hostile.Summed(bytes));
                }
            }), $"the resumes with byte {at} changed");
        }
    }

    [Fact]
    public void A_coroutine_that_nothing_awaits_is_not_captured()
    {
        var target = Target.Start<int>(StartsAlone);
        var captured = target.SnapshotAsync().AsTask();

        Assert.Contains("Await each coroutine", Assert.Throws<NotPortableException>(() => captured.GetAwaiter().GetResult()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_contains_itself_is_no_key_that_is_captured_or_resumed()
    {
        foreach (var start in Circular())
        {
            var target = start();

            var error = Assert.Throws<NotPortableException>(() => Hostile.Captured(target));

            Assert.Contains("contains itself", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_record_that_contains_itself_may_be_the_key_of_a_comparer_but_not_without_it()
    {
        var original = Hostile.Captured(Target.Start<int>(ByReference));
        Assert.True(Hostile.ResumeAndClose(original));
        var refused = 0;
        for (var at = 5; at < original.Length - 4; at++)
        {
            var bytes = (byte[])original.Clone();
            bytes[at] = 0; // one of these is the reference to the comparer
            refused += Hostile.MessageOf(Hostile.Summed(bytes))?.Contains("contains itself", StringComparison.Ordinal) == true ? 1 : 0;
        }

        Assert.Equal(1, refused);
    }

    [Fact]
    public void Keys_that_are_deep_or_share_their_parts_are_bounded_and_others_are_not()
    {
        Assert.Contains("deep", Assert.Throws<NotPortableException>(() => Hostile.Captured(Target.Start<int>(items => Deep(items, KeyNesting.MaxDepth + 1)))).Message, StringComparison.Ordinal);
        Assert.True(Hostile.ResumeAndClose(Hostile.Captured(Target.Start<int>(items => Deep(items, KeyNesting.MaxDepth - 1)))));
        Assert.Contains("too long", Assert.Throws<NotPortableException>(() => Hostile.Captured(Target.Start<int>(items => Shared(items, 40)))).Message, StringComparison.Ordinal);
        Assert.True(Hostile.ResumeAndClose(Hostile.Captured(Target.Start<int>(items => Shared(items, 8)))));
        Assert.True(Hostile.ResumeAndClose(Hostile.Captured(Target.Start<int>(OwnHash))));
    }

    private static (byte[] Bytes, int Objects) Original(int which)
    {
        var bytes = Hostile.Captured(which switch
        {
            0 => Target.Start<int>(Outer),
            1 => Target.Start<int>(WithGenerators),
            2 => Chain(),
            3 => Stage.ForEachKey<int, int, int>(static number => number % 3, PerKey, new KeyedOptions { MaxKeys = 2 }).Start(Target.Start<int>(Drain)),
            _ => Target.Start<int>(Sets),
        });
        return (bytes, CoroutineSnapshot.Parse(bytes).Open(out _).Objects.Count);
    }

    private static IEnumerable<Func<CoroutineTarget<int>>> Circular()
    {
        yield return () => Target.Start<int>(async items =>
        {
            var (link, set) = (new Link(1), new HashSet<Link>());
            set.Add(link);
            link.Next = link;
            await Drain(items);
            GC.KeepAlive(set);
        });
        yield return () => Target.Start<int>(async items =>
        {
            var (link, map) = (new Link(1), new SortedDictionary<int, Dictionary<(int, Link?), string>>());
            map[1] = new() { [(1, link)] = "x" };
            link.Next = new Link(2) { Next = link };
            await Drain(items);
            GC.KeepAlive(map);
        });
        yield return () => Target.Start<int>(async items =>
        {
            var box = new Link(3);
            var tuple = Tuple.Create<object>(box);
            var set = ImmutableHashSet.Create<object>(tuple);
            box.Any = tuple;
            await Drain(items);
            GC.KeepAlive(set);
        });
    }

    private static async Coroutine Drain(Inbox<int> items)
    {
        await foreach (var item in items)
        {
            GC.KeepAlive(item);
        }
    }

    private static async Coroutine StartsAlone(Inbox<int> items)
    {
        var alone = Drain(items);
        await new TaskCompletionSource().Task;
        await alone;
    }

    private static async Coroutine ByReference(Inbox<int> items)
    {
        var link = new Link(1);
        link.Next = link;
        var set = new HashSet<Link>(ReferenceEqualityComparer.Instance) { link };
        await Drain(items);
        GC.KeepAlive(set);
    }

    private static async Coroutine Deep(Inbox<int> items, int depth)
    {
        var link = new Link(0);
        for (var i = 1; i < depth; i++)
        {
            link = new Link(i) { Next = link };
        }

        var set = new HashSet<Link> { link };
        link = null;
        await Drain(items);
        GC.KeepAlive(set);
    }

    private static async Coroutine Shared(Inbox<int> items, int depth)
    {
        var link = new Link(0);
        var set = new HashSet<Link> { link };
        for (var i = 1; i < depth; i++)
        {
            var next = new Link(i);
            if (i < 3)
            {
                set.Add(next); // hashed before it shares
            }

            (next.Next, next.Any) = (link, link);
            link = next;
        }

        var last = new Dictionary<Link, int>();
        if (depth < 10)
        {
            last[link] = 1;
        }
        else
        {
            var key = new Link(depth);
            last[key] = 1;
            key.Next = link;
        }

        set.Clear();
        link = null;
        await Drain(items);
        GC.KeepAlive(last);
    }

    private static async Coroutine OwnHash(Inbox<int> items)
    {
        var person = new Person(1);
        person.Partner = new Person(2) { Partner = person };
        var set = new HashSet<Person> { person, person.Partner };
        await Drain(items);
        GC.KeepAlive(set);
    }

    private static async Coroutine Outer(Inbox<int> items)
    {
        for (var round = 0; round < 2; round++)
        {
            await Middle(items);
        }
    }

    private static async Coroutine Middle(Inbox<int> items)
    {
        GC.KeepAlive(await Inner(items));
    }

    private static async Coroutine<int> Inner(Inbox<int> items)
    {
        var sum = 0;
        while (sum < 100)
        {
            sum += await items.ReceiveAsync();
        }

        return sum;
    }

    private static async Coroutine WithGenerators(Inbox<int> items)
    {
        using var numbers = Generator.Start<int>(Delegating);
        using var others = Generator.Start<int>(Numbers);
        others.Next();
        while (numbers.Next() < 1000)
        {
            await items.ReceiveAsync();
        }
    }

    private static async Coroutine Delegating(Exchange<int> exchange)
    {
        await exchange.YieldFrom(Generator.Start<int>(async middle => await middle.YieldFrom(Generator.Start<int>(Numbers))));
    }

    private static async Coroutine Numbers(Exchange<int> exchange)
    {
        for (var number = 0; number < 1000; number++)
        {
            await exchange.Yield(number);
        }
    }

    private static CoroutineTarget<int> Chain()
    {
        var last = Target.Start<int>(Drain);
        return Target.Start<int>(items => Pass(items, Target.Start<int>(inner => Pass(inner, last))));
    }

    private static async Coroutine Pass(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine PerKey(int key, Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(key + item);
        }
    }

    private static async Coroutine Sets(Inbox<int> items)
    {
        var link = new Link(1) { Next = new Link(2) };
        var (set, map) = (new HashSet<Link> { link, link.Next }, new Dictionary<(Link, int), object> { [(link, 1)] = link });
        var outer = new Dictionary<object, object> { [Tuple.Create<object>(link)] = map, [new { Link = link }] = set };
        await Drain(items);
        GC.KeepAlive((set, map, outer));
    }

    private sealed record Link(int Number)
    {
        public Link? Next { get; set; }

        public object? Any { get; set; }
    }

    private sealed class Person(int id)
    {
        private readonly int _id = id;

        public Person? Partner { get; set; }

        public override bool Equals(object? obj) => obj is Person other && other._id == _id;

        public override int GetHashCode() => _id;
    }
}

/// <summary>Snapshots as an attacker would make them.</summary>
internal static class Hostile
{
    internal static byte[] Captured(CoroutineTarget<int> target)
    {
        for (var item = 1; item <= 3; item++)
        {
            Assert.True(target.SendAsync(item).AsTask().IsCompletedSuccessfully);
        }

        var snapshot = target.SnapshotAsync().AsTask();
        Assert.True(snapshot.IsCompleted);
        return snapshot.GetAwaiter().GetResult().ToBytes();
    }

    /// <summary>With the checksum that fits.</summary>
    internal static byte[] Summed(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Checksum.Of(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }

    /// <summary>Returns whether it was taken; then it was closed too.</summary>
    internal static bool ResumeAndClose(byte[] bytes) => MessageOf(bytes) is null;

    /// <summary>The reason why it was not taken.</summary>
    internal static string? MessageOf(byte[] bytes, SnapshotOptions? options = null)
    {
        CoroutineTarget<int> target;
        try
        {
            target = CoroutineSnapshot.Parse(bytes, options).Resume<int>();
        }
        catch (SnapshotException error)
        {
            return error.Message;
        }
        catch (InvalidOperationException error) when (error.Message.StartsWith("The snapshot is of a", StringComparison.Ordinal))
        {
            return error.Message;
        }

        var isOver = target.Status != CoroutineStatus.Waiting;
        Assert.True(isOver ? target.Status == CoroutineStatus.Completed : target.Status == CoroutineStatus.Waiting, target.Status.ToString());
        var closed = target.CloseAsync().AsTask();
        Assert.True(closed.IsCompleted, $"The target did not close at once: {CoroutineSnapshot.Parse(bytes, options).Describe()}");
        GC.KeepAlive(closed.Exception); // of the coroutine's own code, with the values that it got
        return null;
    }
}
