using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice.Tests.Portability;

/// <summary>An error names the value that cannot be stored: the coroutine, the variable, the type, and what to do. The coroutine goes on.</summary>
public sealed class RefusalTests
{
    public static TheoryData<object, string> Unportable => new()
    {
        { new MemoryStream(), "Open it for each item" },
        { Task.CompletedTask, "Await it before the receive" },
        { new InvalidOperationException("lost"), "exceptions cannot be stored" },
        { new[] { 3, 1, 2 }.Where(number => number > 1), "ToList" },
        { new Handle(), "finalizer" },
        { new Thread(() => { }), "finalizer" },
        { new HttpClient(), "not on the list" },
        { new Derived(), "derives from" },
        { new[] { 1 }.AsMemory(), "not on the list" },
        { new Lazy<int>(1), "not on the list" },
        { new WithHandle(1), "pointers and handles" },
        { CultureInfo.InvariantCulture.Clone(), "CultureInfo.GetCultureInfo" },
        { new Dictionary<int, int> { [1] = 2 }.Keys.GetEnumerator(), "not on the list" },
        { new[] { new Nested([new MemoryStream()]) }, "Open it for each item" },
    };

    [Theory]
    [MemberData(nameof(Unportable))]
    public async Task What_cannot_be_stored_is_refused_by_name(object value, string advice)
    {
        var target = Target.Start<int, object>(items => Keep(items, value));

        var error = await Assert.ThrowsAsync<NotPortableException>(() => target.SnapshotAsync().AsTask());

        Assert.Equal(nameof(Keep), error.Coroutine);
        Assert.StartsWith("value", error.Variable, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Contains(error.VariableType!.Name, error.Message, StringComparison.Ordinal);
        await target.CloseAsync();
        Assert.Same(value, await target.Completion);
    }

    [Fact]
    public async Task The_way_to_it_is_part_of_the_message()
    {
        var target = Target.Start<int, object>(items => Keep(items, new Wrapper(new List<object> { new MemoryStream() })));

        var error = await Assert.ThrowsAsync<NotPortableException>(() => target.SnapshotAsync().AsTask());

        Assert.Equal("value.Inner....", error.Variable);
    }

    [Fact]
    public async Task At_the_end_of_a_million_objects_it_is_named_at_once()
    {
        Link? first = new(new MemoryStream(), null);
        for (var i = 0; i < 1_000_000; i++)
        {
            first = new(null, first);
        }

        var target = Target.Start<int, object>(items => Keep(items, first));

        var error = await Assert.ThrowsAsync<NotPortableException>(() => target.SnapshotAsync().AsTask());

        Assert.StartsWith("value.....Next.Next.", error.Variable, StringComparison.Ordinal);
        Assert.EndsWith(".Next.Stream", error.Variable, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 100, 1000);
    }

    [Fact]
    public async Task A_cancellation_token_is_refused_and_none_is_not()
    {
        using var source = new CancellationTokenSource();
        var with = Target.Start<int>(items => WithToken(items, source.Token));
        var without = Target.Start<int>(items => WithToken(items, CancellationToken.None));

        var error = await Assert.ThrowsAsync<NotPortableException>(() => with.SnapshotAsync().AsTask());

        Assert.Equal("token", error.Variable);
        Assert.Contains("Inbox.Cancellation", error.Message, StringComparison.Ordinal);
        Assert.True((await without.SnapshotAsync()).Length > 0);
    }

#if DEBUG
    [Fact]
    public async Task A_catch_that_waits_is_refused_in_a_Debug_build()
    {
        var target = Target.Start<int>(InCatch);
        await target.SendAsync(1);

        var error = await Assert.ThrowsAsync<NotPortableException>(() => target.SnapshotAsync().AsTask());

        Assert.Contains("holds a 'System.FormatException'", error.Message, StringComparison.Ordinal);
        Assert.Contains("This is a Debug build", error.Message, StringComparison.Ordinal);
    }

    private static async Coroutine InCatch(Inbox<int> items)
    {
        try
        {
            _ = await items.ReceiveAsync() == 1 ? throw new FormatException() : 0;
        }
        catch (FormatException)
        {
            await items.ReceiveAsync();
        }
    }
#endif

    [Fact]
    public async Task A_child_that_waits_for_something_foreign_is_refused()
    {
        var signal = new Signal();
        var target = Target.Start<int>(items => StartsAndKeeps(items, signal.Task));

        var error = await Assert.ThrowsAsync<NotPortableException>(() => target.SnapshotAsync().AsTask());

        Assert.Equal(nameof(Away), error.Coroutine);
        signal.Set();
        await Wait.For(target.CloseAsync());
    }

    [Fact]
    public async Task A_coroutine_that_ended_has_no_snapshot()
    {
        var target = Target.Start<int>(items => WithToken(items, default));
        await target.CloseAsync();

        await Assert.ThrowsAsync<TargetClosedException>(() => target.SnapshotAsync().AsTask());
    }

    [Fact]
    public async Task Captured_variables_that_the_coroutine_does_not_use_are_left_out()
    {
        var used = 5;
        var unused = new MemoryStream();
        Func<long> other = () => unused.Length + used; // shares the closure
        var target = Target.Start<int, int>(async items =>
        {
            await foreach (var item in items)
            {
                used += item;
            }

            return used;
        });
        await target.SendAsync(1);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, int>();

        used = 1000;
        await copy.SendAsync(2);
        await copy.CloseAsync();
        Assert.Equal(8, await copy.Completion);
        Assert.Equal(1000, other());
    }

    [Fact]
    public async Task A_stage_of_a_running_pipeline_is_refused()
    {
        var pipeline = Source.From([1]).Through<int>(Passing).To(Sink.ForEach<int>(_ => { }));

        await pipeline.RunAsync();
    }

    private static async Coroutine Passing(Inbox<int> items, Target<int> next)
    {
        var inner = Target.Start<int>(inbox => Send(inbox, next));
        var error = await Assert.ThrowsAsync<NotPortableException>(() => inner.SnapshotAsync().AsTask());
        Assert.Contains("run of a pipeline", error.Message, StringComparison.Ordinal);
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine Send(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine<object> Keep(Inbox<int> items, object value)
    {
        await foreach (var _ in items)
        {
        }

        return value;
    }

    private static async Coroutine WithToken(Inbox<int> items, CancellationToken token)
    {
        await foreach (var _ in items)
        {
            token.ThrowIfCancellationRequested();
        }
    }

    private static async Coroutine StartsAndKeeps(Inbox<int> items, Task signal)
    {
        var child = Away(signal);
        await foreach (var _ in items)
        {
        }

        await child;
    }

    private static async Coroutine Away(Task signal) => await signal;

    private sealed record WithHandle(nint Handle);

    private sealed record Link(Stream? Stream, Link? Next);

    private sealed record Nested(List<Stream> Streams);

    private sealed record Wrapper(object Inner);

    private sealed class Derived : List<int>;

    [SuppressMessage("Design", "CA1821", Justification = "The finalizer is what the test is about.")]
    private sealed class Handle
    {
        ~Handle()
        {
        }
    }
}
