namespace Sluice.Tests.Portability;

/// <summary>Several items on one stream: what is described once, and what a failure leaves behind.</summary>
public sealed class ItemStreamTests
{
    [Fact]
    public void Kinds_are_described_once_and_new_ones_before_the_item_that_has_them()
    {
        var wire = new Wire<object>();
        var lengths = new List<int>();
        foreach (var item in (object[])[new Person("Ann"), new Person("Bob"), new List<object> { new Person("Cid"), 1.5 }, new Person("Dan"), new List<object> { 2.5 }])
        {
            var bytes = wire.Write(item);
            lengths.Add(bytes.Length);
            Assert.Equal(PortableValuesTests.Shown(item), PortableValuesTests.Shown(wire.Read(bytes)));
        }

        Assert.True(lengths[1] < lengths[0] / 4, string.Join(' ', lengths));
        Assert.True(lengths[2] > 100, string.Join(' ', lengths));
        Assert.Equal(lengths[1], lengths[3]);
        Assert.True(lengths[4] < 30, string.Join(' ', lengths));
    }

    [Fact]
    public void A_reader_that_missed_the_kinds_refuses_the_item()
    {
        var wire = new Wire<object>();
        wire.Write(new Person("Ann"));

        Assert.Throws<SnapshotException>(() => wire.ReadAnew(wire.Write(new Person("Bob"))));
    }

    [Fact]
    public void Items_stand_one_behind_the_other()
    {
        var wire = new Wire<(int, string?, object?)>();
        (int, string?, object?)[] items = [(1, "a", null), (2, null, "x"), (3, "ß€", 2.5)];
        foreach (var item in items)
        {
            wire.Add(item);
        }

        var reader = ItemCodecs.ReaderOf<(int, string?, object?)>(new());
        var source = new ByteSource(wire.Sink.Written.ToArray(), 0, wire.Sink.Length);

        Assert.Equal(items, items.Select(_ => reader.Read(source)));
        Assert.Equal(0, source.Left);
    }

    [Fact]
    public void What_is_shared_within_an_item_is_shared_in_the_copy_and_not_beyond()
    {
        var wire = new Wire<object[]>();
        var shared = new Box();
        shared.Self = shared;
        var (one, two) = (wire.RoundTrip([shared, shared]), wire.RoundTrip([shared, "x"]));

        Assert.Same(one[0], one[1]);
        Assert.Same(one[0], ((Box)one[0]).Self);
        Assert.NotSame(one[0], two[0]);
    }

    [Fact]
    public void A_failed_write_leaves_the_bytes_as_they_were_and_the_kinds_for_the_next_item()
    {
        var wire = new Wire<object>();
        wire.Add(1);
        var before = wire.Sink.Written.ToArray();

        var error = Assert.Throws<NotPortableException>(() => wire.Add(new Holder(new Person("Ann"), Stream.Null)));

        Assert.Equal("File", error.Variable);
        Assert.Equal("NullStream", error.VariableType!.Name);
        Assert.Contains("its variable 'File' holds", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, wire.Sink.Written.ToArray());

        Assert.Equal(1, wire.Read(before));
        Assert.Equal(new Person("Cid"), wire.RoundTrip(new Person("Cid")));
    }

    [Fact]
    public void A_tree_that_cannot_be_stored_says_which_way_it_is()
    {
        var wire = new Wire<Basket>();
        Assert.True(wire.IsInline);
        wire.Add(new(1, [1]));
        var before = wire.Sink.Written.ToArray();

        var error = Assert.Throws<NotPortableException>(() => wire.Add(new(2, new Numbered())));

        Assert.Equal("Parts", error.Variable);
        Assert.Equal(typeof(Numbered), error.VariableType);
        Assert.Equal(before, wire.Sink.Written.ToArray());
        Assert.Equal([3], wire.RoundTrip(new(3, [3])).Parts);
    }

    [Fact]
    public void Types_that_are_not_allowed_are_refused_on_both_sides()
    {
        var none = new SnapshotOptions();
        none.AllowedAssemblies.Clear();

        Assert.Throws<NotPortableException>(() => ItemCodecs.WriterOf<Person>(none));
        Assert.Throws<SnapshotException>(() => ItemCodecs.ReaderOf<Person>(none));
        Assert.Throws<NotPortableException>(() => ItemCodecs.WriterOf<(int, Person[])>(none));
        Assert.Throws<NotPortableException>(() => ItemCodecs.WriterOf<object>(none).Write(new(), new Person("Ann")));
        var bytes = new Wire<object>().Write(new Person("Ann"));
        var error = Assert.Throws<SnapshotException>(() => ItemCodecs.ReaderOf<object>(none).Read(new(bytes, 0, bytes.Length)));
        Assert.Contains("does not allow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_type_than_the_stream_has_is_refused()
    {
        var person = new Wire<object>().Write(new Person("Ann"));
        var nothing = new Wire<object?>().Write(null);

        Assert.Contains("not a", Assert.Throws<SnapshotException>(() => new Wire<(int, object)>().ReadAnew(person)).Message, StringComparison.Ordinal);
        Assert.Contains("it is null", Assert.Throws<SnapshotException>(() => new Wire<(int, object)>().ReadAnew(nothing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Closures_take_along_what_this_item_uses()
    {
        var wire = new Wire<Func<int>>();
        var (number, file) = (5, Stream.Null);
        Func<int> inner = () => number * 2;
        Func<int> outer = () => inner() + 1;
        Func<int> length = () => (int)file.Length;

        Assert.Throws<NotPortableException>(() => wire.Add(length));
        Assert.Equal(11, wire.RoundTrip(outer)());
        Assert.Throws<NotPortableException>(() => wire.Add(length));
        Assert.Equal(10, wire.RoundTrip(inner)());
        number = 6;
        Assert.Equal(13, wire.RoundTrip(outer)());
    }

    [Fact]
    public async Task A_target_that_waits_is_an_item_and_a_busy_one_is_not()
    {
        var wire = new Wire<CoroutineTarget<int, int>>();
        var target = Target.Start<int, int>(Sum);
        await target.SendAsync(1);
        var copy = wire.RoundTrip(target);
        await target.SendAsync(10);
        await copy.SendAsync(2);
        await copy.CloseAsync();
        Assert.Equal(3, await Wait.For(copy.Completion));

        var gate = new TaskCompletionSource();
        var busy = Target.Start<int, int>(items => Held(items, gate.Task));
        var send = busy.SendAsync(1).AsTask();
        Assert.Contains("it is at work", Assert.Throws<NotPortableException>(() => wire.Add(busy)).Message, StringComparison.Ordinal);
        gate.SetResult();
        await Wait.For(send);
    }

    [Fact]
    public void Objects_outside_are_sent_by_name_also_in_what_would_be_a_tree()
    {
        var mine = new Basket(1, null);
        var yours = new Basket(2, null);
        var (here, there) = (new SnapshotOptions(), new SnapshotOptions());
        here.Outside["basket"] = mine;
        there.Outside["basket"] = yours;
        var bytes = new Wire<(int, Basket?)>(here).Write((7, mine));
        var reader = ItemCodecs.ReaderOf<(int, Basket?)>(there);

        Assert.Same(yours, reader.Read(new(bytes, 0, bytes.Length)).Item2);
        Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<(int, Basket?)>(ItemCodecs.DescriptionOf<(int, Basket?)>(here), new()));
    }

    private static async Coroutine<int> Sum(Inbox<int> items)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        return sum;
    }

    private static async Coroutine<int> Held(Inbox<int> items, Task gate)
    {
        await foreach (var _ in items)
        {
            await gate;
        }

        return 0;
    }

    private sealed record Person(string Name);

    private sealed record Holder(Person Author, Stream File);

    private sealed record Basket(int Number, List<int>? Parts);

    private sealed class Numbered : List<int>;

    private sealed class Box
    {
        internal Box? Self;
    }
}
