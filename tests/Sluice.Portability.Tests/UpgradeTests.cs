using System.Text;

namespace Sluice.Tests.Portability;

/// <summary>An upgrade translates all that was stored, or the error names it. What older code stored is made here of what this code stores: with an
/// older version in it, and variables under other names of the same length.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task An_upgrade_that_takes_everything_over_resumes()
    {
        var copy = CoroutineSnapshot.Parse(await Older(Good, nameof(Good), ("<seen>", "<sawn>"))).Resume<int, string>();

        await copy.SendAsync(4);
        await copy.CloseAsync();

        Assert.Equal("3 items, 5 first", await copy.Completion);
    }

    [Fact]
    public async Task A_stored_variable_that_is_neither_taken_over_nor_removed_is_an_error() =>
        Assert.Contains("the upgrade 'UpgradeTests.Ignore' of 'Leaves' from version 1 left 'sawn', which this version does not have", await Refused(Leaves, nameof(Leaves), ("<seen>", "<sawn>")), StringComparison.Ordinal);

    [Fact]
    public async Task A_new_variable_that_is_not_given_is_an_error() =>
        Assert.Contains("the upgrade 'UpgradeTests.Drop' of 'Misses' from version 1 gave no 'seen', a variable of type 'System.Int32'", await Refused(Misses, nameof(Misses), ("<seen>", "<sawn>")), StringComparison.Ordinal);

    [Fact]
    public async Task A_null_for_a_number_is_an_error() =>
        Assert.Contains("the upgrade 'UpgradeTests.GiveNull' of 'Nulls' from version 1 left 'seen' as null", await Refused(Nulls, nameof(Nulls)), StringComparison.Ordinal);

    [Fact]
    public async Task An_await_that_does_not_exist_or_awaits_something_else_is_an_error()
    {
        Assert.Contains("the upgrade 'UpgradeTests.FarAway' of 'Far' from version 1 left it at await 7, which this version does not have: its awaits are 0, 1", await Refused(Far, nameof(Far)), StringComparison.Ordinal);
        Assert.Contains("the upgrade 'UpgradeTests.OneLess' of 'Other' from version 1 left it at await 0, which awaits a 'Sluice.Inbox`1+ReceiveAwaitable", await Refused(Other, nameof(Other)), StringComparison.Ordinal);
    }

#if !DEBUG
    /// <summary>The enumerator of a loop has no name that an upgrade could give.</summary>
    [Fact]
    public async Task An_await_in_a_loop_that_the_older_version_did_not_have_is_an_error() =>
        Assert.Contains("the upgrade 'UpgradeTests.IntoLoop' of 'GainsLoop' from version 1 left it at await 1, inside of a foreach or a using that the older version did not have there", await Refused(GainsLoop, nameof(GainsLoop), 1, ("<>7__wrap2", "<names>7_2")), StringComparison.Ordinal);
#endif

    [Fact]
    public async Task An_upgrade_that_throws_is_named_with_what_it_threw() =>
        Assert.Contains("the upgrade 'UpgradeTests.Throw' of 'Throws' from version 1 threw a KeyNotFoundException", await Refused(Throws, nameof(Throws)), StringComparison.Ordinal);

    [Fact]
    public async Task The_await_of_an_await_foreach_counts_behind_its_body()
    {
        var target = Target.Start<int, string>(Nested);
        await target.SendAsync(1);
        Assert.Contains("waits at await 0", (await target.SnapshotAsync()).Describe(), StringComparison.Ordinal); // the one in the body
        await target.SendAsync(2);
        Assert.Contains("waits at await 1", (await target.SnapshotAsync()).Describe(), StringComparison.Ordinal); // that of the loop
    }

    [Fact]
    public async Task A_value_of_an_enumeration_that_has_changed_is_given_by_its_name()
    {
        var copy = CoroutineSnapshot.Parse(await Older(Sizes, nameof(Sizes), ("Middle = 1", "Midden = 1"))).Resume<int, string>();

        await copy.CloseAsync();

        Assert.Equal("Large", await copy.Completion);
    }

    [Fact]
    public async Task An_older_class_or_record_is_translated_before_the_sets_that_have_it_are_made_again()
    {
        var copy = CoroutineSnapshot.Parse(await Later(new HashSet<object> { new Then.Order("a", 1), new Then.Order("b", 2) })).Resume<int, string>();
        await copy.CloseAsync();
        Assert.Equal("a! 1, b! 2", await copy.Completion);

        copy = CoroutineSnapshot.Parse(await Later(new Then.Plain(3))).Resume<int, string>();
        await copy.CloseAsync();
        Assert.Equal("3 of Plain", await copy.Completion);

        var error = Assert.Throws<SnapshotException>(CoroutineSnapshot.Parse(await Later(new Then.Bad(3))).Resume<int, string>);
        Assert.Contains("the upgrade 'Bad.FromOlder' of the type 'Sluice.Tests.Portability.UpgradeTests+Here+Bad' from version 1 left 'Number'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Name' (System.String) is gone", Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(Later(new Then.None("x")).GetAwaiter().GetResult())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_versioned_record_comes_back_and_a_later_version_is_refused()
    {
        var bytes = await Captured(new Here.Order("a", 1));
        var copy = CoroutineSnapshot.Parse(bytes).Resume<int, string>();
        await copy.CloseAsync();
        Assert.Equal("a 1", await copy.Completion);

        var text = Encoding.Latin1.GetString(bytes);
        var at = text.IndexOf("+Here+Order", StringComparison.Ordinal) + "+Here+Order".Length;
        Assert.Equal("\0\u0002", text.Substring(at, 2)); // no type arguments, and the version
        Assert.Contains("in its version 3", Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(Hostile.Summed(Encoding.Latin1.GetBytes(text[..(at + 1)] + "\u0003" + text[(at + 2)..])))).Message, StringComparison.Ordinal);
    }

    /// <summary>As a program stored it whose types are those of <see cref="Then"/>, under the names of <see cref="Here"/>.</summary>
    private static async Task<byte[]> Later(object value)
    {
        var text = Encoding.Latin1.GetString(await Captured(value));
        Assert.Contains("+Then+", text, StringComparison.Ordinal);
        return Hostile.Summed(Encoding.Latin1.GetBytes(text.Replace("+Then+", "+Here+", StringComparison.Ordinal)));
    }

    private static async Task<byte[]> Captured(object value) => (await Target.Start<int, string>(items => Keep(items, value)).SnapshotAsync()).ToBytes();

    private static async Coroutine<string> Keep(Inbox<int> items, object value)
    {
        await foreach (var item in items)
        {
            GC.KeepAlive(item);
        }

        return value is HashSet<object> set && set.All(set.Contains) ? string.Join(", ", set.Select(static one => $"{one}").Order(StringComparer.Ordinal)) : $"{value}";
    }

    private static Task<string> Refused(Func<Inbox<int>, Coroutine<string>> stage, string name, params (string Now, string Then)[] renamed) => Refused(stage, name, 2, renamed);

    private static async Task<string> Refused(Func<Inbox<int>, Coroutine<string>> stage, string name, int items, params (string Now, string Then)[] renamed)
    {
        var parsed = CoroutineSnapshot.Parse(await Older(stage, name, items, renamed));
        return Assert.Throws<SnapshotException>(parsed.Resume<int, string>).Message;
    }

    /// <summary>The snapshot with version 1 in the place of version 2, right behind the method's identity.</summary>
    private static Task<byte[]> Older(Func<Inbox<int>, Coroutine<string>> stage, string name, params (string Now, string Then)[] renamed) => Older(stage, name, 2, renamed);

    private static async Task<byte[]> Older(Func<Inbox<int>, Coroutine<string>> stage, string name, int items, params (string Now, string Then)[] renamed)
    {
        var target = Target.Start(stage);
        for (var item = 0; item < items; item++)
        {
            await target.SendAsync(5 + item);
        }

        var text = Encoding.Latin1.GetString((await target.SnapshotAsync()).ToBytes());
        var at = text.IndexOf($"static {name}(", StringComparison.Ordinal);
        var end = text.IndexOf(')', at) + 2; // behind it the number of type arguments, 0
        Assert.Equal("\0\u0002", text[(end - 1)..(end + 1)]);
        text = text[..end] + "\u0001" + text[(end + 1)..];
        foreach (var (now, then) in renamed)
        {
            Assert.Contains(now, text, StringComparison.Ordinal);
            text = text.Replace(now, then, StringComparison.Ordinal);
        }

        return Hostile.Summed(Encoding.Latin1.GetBytes(text));
    }

    [StageVersion(2, Upgrade = nameof(Take))]
    private static async Coroutine<string> Good(Inbox<int> items)
    {
        var first = await items.ReceiveAsync();
        var seen = 1;
        await foreach (var item in items)
        {
            seen += item > 0 ? 1 : 0;
        }

        return $"{seen} items, {first} first";
    }

    [StageVersion(2, Upgrade = nameof(Ignore))]
    private static async Coroutine<string> Leaves(Inbox<int> items)
    {
        var seen = 0;
        await foreach (var item in items)
        {
            seen += item;
        }

        return $"{seen}";
    }

    [StageVersion(2, Upgrade = nameof(Drop))]
    private static async Coroutine<string> Misses(Inbox<int> items)
    {
        var seen = 0;
        await foreach (var item in items)
        {
            seen += item;
        }

        return $"{seen}";
    }

    [StageVersion(2, Upgrade = nameof(GiveNull))]
    private static async Coroutine<string> Nulls(Inbox<int> items)
    {
        var seen = 0;
        await foreach (var item in items)
        {
            seen += item;
        }

        return $"{seen}";
    }

    [StageVersion(2, Upgrade = nameof(FarAway))]
    private static async Coroutine<string> Far(Inbox<int> items)
    {
        var seen = await items.ReceiveAsync();
        await foreach (var item in items)
        {
            seen += item;
        }

        return $"{seen}";
    }

    [StageVersion(2, Upgrade = nameof(OneLess))]
    private static async Coroutine<string> Other(Inbox<int> items)
    {
        var seen = await items.ReceiveAsync();
        await foreach (var item in items)
        {
            seen += item;
        }

        return $"{seen}";
    }

    [StageVersion(2, Upgrade = nameof(Throw))]
    private static async Coroutine<string> Throws(Inbox<int> items)
    {
        var seen = 0;
        await foreach (var item in items)
        {
            seen += item;
        }

        return $"{seen}";
    }

    [StageVersion(2, Upgrade = nameof(IntoLoop))]
    private static async Coroutine<string> GainsLoop(Inbox<int> items)
    {
        var seen = 0;
        while (seen < 100)
        {
            seen += await items.ReceiveAsync();
        }

        foreach (var name in new List<string> { "a", "b" })
        {
            seen += await items.ReceiveAsync() + name.Length;
        }

        return $"{seen}";
    }

    private static async Coroutine<string> Nested(Inbox<int> items)
    {
        var seen = 0;
        await foreach (var item in items)
        {
            seen += item + await items.ReceiveAsync();
        }

        return $"{seen}";
    }

    [StageVersion(2, Upgrade = nameof(BySize))]
    private static async Coroutine<string> Sizes(Inbox<int> items)
    {
        var size = Size.Small;
        await foreach (var item in items)
        {
            size = item > 0 ? Size.Middle : Size.Small;
        }

        return $"{size}";
    }

    private static void BySize(CapturedFields fields, int version) => fields["size"] = fields.Get<string>("size") == "Midden" ? Size.Large : Size.Small;

    private static void Take(CapturedFields fields, int version) => fields.Rename("sawn", "seen");

    private static void Ignore(CapturedFields fields, int version) => fields["seen"] = 1;

    private static void Drop(CapturedFields fields, int version) => fields.Remove("sawn");

    private static void GiveNull(CapturedFields fields, int version) => fields["seen"] = null;

    private static void FarAway(CapturedFields fields, int version) => fields.State = 7;

    private static void OneLess(CapturedFields fields, int version) => fields.State--;

    private static void IntoLoop(CapturedFields fields, int version)
    {
        fields.State = 1;
        fields.Remove("names");
    }

    private static void Throw(CapturedFields fields, int version) => fields.Rename("absent", "seen");

    private enum Size { Small, Middle, Large }

    private static class Then
    {
        internal sealed record Order(string Name, int Count);

        internal sealed class Plain(int number)
        {
            public int Number { get; } = number;
        }

        internal sealed class Bad(int number)
        {
            public int Number { get; } = number;
        }

        internal sealed record None(string Name);
    }

    private static class Here
    {
        [StageVersion(2, Upgrade = nameof(FromOlder))]
        internal sealed record Order(string Title, long Total)
        {
            public override string ToString() => $"{Title} {Total}";

            private static void FromOlder(CapturedFields fields, int version)
            {
                fields.Rename("Name", "Title");
                fields["Title"] += "!";
                fields["Total"] = (long)fields.Get<int>("Count");
                fields.Remove("Count");
            }
        }

        [StageVersion(3, Upgrade = nameof(FromOlder))]
        internal sealed class Plain(string name, int number)
        {
            private readonly string _name = name;

            public int Number { get; } = number;

            public override string ToString() => $"{Number} of {_name}";

            private static void FromOlder(CapturedFields fields, int version) => fields["_name"] = fields.Coroutine;
        }

        [StageVersion(2, Upgrade = nameof(FromOlder))]
        internal sealed class Bad(int other)
        {
            public int Other { get; } = other;

            private static void FromOlder(CapturedFields fields, int version) => fields["Other"] = 1;
        }

        internal sealed record None(int Number);
    }
}
