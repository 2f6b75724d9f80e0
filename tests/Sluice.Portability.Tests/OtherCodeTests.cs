using System.Text;
using Sluice.Bytes;

namespace Sluice.Tests.Portability;

/// <summary>The error for a snapshot that other code has made: it says what differs, and what to do.</summary>
public sealed class OtherCodeTests
{
    [Fact]
    public void A_Debug_build_and_a_Release_build_are_told_apart()
    {
        var own = TypeCodec.Of(Kept()).Schema.Bytes.ToArray();
        var fields = SchemaDifference.FieldsAt(own);
        var marked = BuildMark.Of(typeof(OtherCodeTests).GetMethod(nameof(A_Debug_build_and_a_Release_build_are_told_apart))!);
        var sink = new ByteSink();
        sink.WriteText("build = Debug");
        TypeNames.Write(sink, typeof(int));
        sink.WriteCount(0);
        byte[] mark = [.. sink.Written];
        byte[] other = marked.Count > 0 ? own[..^mark.Length] : [.. own, .. mark];
        other[fields] += (byte)(marked.Count > 0 ? -1 : 1); // how many fields there are
        Assert.Equal(marked.Count > 0, own.AsSpan().EndsWith(mark));
        Assert.Same(TypeCodec.Of(Kept()), Schemas.Resolve(new SchemaBytes(own), new SnapshotOptions()));

        other[fields - 1]++; // the fingerprint, as different code has
        var message = Assert.Throws<SnapshotException>(() => Schemas.Resolve(new SchemaBytes(other), new SnapshotOptions())).Message;

        var (there, here) = marked.Count > 0 ? ("Release", "Debug") : ("Debug", "Release");
        Assert.Contains($"the coroutine 'Keep' of 'Sluice.Tests.Portability.OtherCodeTests' is of a {there} build there and of a {here} build here", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_of_a_Debug_build_before_there_was_a_mark_is_taken()
    {
        var own = TypeCodec.Of(Kept()).Schema.Bytes.ToArray();
        var fields = SchemaDifference.FieldsAt(own);
        var sink = new ByteSink();
        sink.WriteText("build = Debug");
        TypeNames.Write(sink, typeof(int));
        sink.WriteCount(0);
        if (own.AsSpan().EndsWith(sink.Written))
        {
            own = own[..^sink.Length];
            own[fields]--;
        }

        Assert.Same(TypeCodec.Of(Kept()), Schemas.Resolve(new SchemaBytes(own), new SnapshotOptions()));
    }

    [Fact]
    public async Task A_changed_parameter_is_shown_and_an_upgrade_may_give_it()
    {
        const string Now = "System.Int32>,[System.Private.CoreLib]System.String)";
        const string Then = "System.Int32>,[System.Private.CoreLib]System.Object)";
        var bytes = await Older(Target.Start<int, string>(static items => Gains(items, "new")), nameof(Gains), 1, (Now, Then));
        Assert.Contains(
            "has the parameters (Sluice.Inbox`1<System.Int32>,System.Object) there and (Sluice.Inbox`1<System.Int32>,System.String) here. Give the method a [StageVersion] whose upgrade sets the new ones",
            Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(bytes)).Message,
            StringComparison.Ordinal);

        bytes = await Older(Target.Start<int, string>(static items => Upgraded(items, "new")), nameof(Upgraded), 2, (Now, Then));
        var copy = CoroutineSnapshot.Parse(bytes).Resume<int, string>();
        await copy.SendAsync(2);
        await copy.CloseAsync();

        Assert.Equal("from 1: 3", await copy.Completion);
    }

    [Fact]
    public async Task An_assembly_that_was_renamed_is_named()
    {
        var text = Encoding.Latin1.GetString((await Target.Start<int, string>(static items => Gains(items, "x")).SnapshotAsync()).ToBytes());
        const string Name = "\u0030Sluice.Portability.Tests"; // its length, and itself
        Assert.Contains(Name, text, StringComparison.Ordinal);

        var message = Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(Hostile.Summed(Encoding.Latin1.GetBytes(text.Replace(Name, "\u0030Sluice.Portability.Tasts", StringComparison.Ordinal))))).Message;

        Assert.Contains("of 'Sluice.Portability.Tasts', an assembly that this program does not have. Its 'Sluice.Portability.Tests' has a type of that name: if it was renamed, give it its old name (AssemblyName in the project)", message, StringComparison.Ordinal);
    }

    private static Coroutine Kept()
    {
        var target = Target.Start<int, string>(static items => Keep(items));
        var captured = target.SnapshotAsync().AsTask();
        Assert.True(captured.IsCompletedSuccessfully);
        return captured.Result.Open(out _).Objects.OfType<Coroutine>().Single();
    }

    /// <summary>The snapshot of the coroutine after an item, with version 1 and other texts of the same length.</summary>
    private static async Task<byte[]> Older(CoroutineTarget<int, string> target, string name, int version, (string Now, string Then) changed)
    {
        await target.SendAsync(1);
        var text = Encoding.Latin1.GetString((await target.SnapshotAsync()).ToBytes());
        var at = text.IndexOf($"static {name}(", StringComparison.Ordinal);
        var end = text.IndexOf(')', at) + 2; // behind it the number of type arguments, 0
        Assert.Equal($"\0{(char)version}", text[(end - 1)..(end + 1)]);
        text = text[..end] + "\u0001" + text[(end + 1)..];
        Assert.Contains(changed.Now, text, StringComparison.Ordinal);
        return Hostile.Summed(Encoding.Latin1.GetBytes(text.Replace(changed.Now, changed.Then, StringComparison.Ordinal)));
    }

    private static async Coroutine<string> Keep(Inbox<int> items)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        return $"{sum}";
    }

    private static async Coroutine<string> Gains(Inbox<int> items, string extra)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        return $"{extra}: {sum}";
    }

    [StageVersion(2, Upgrade = nameof(GiveExtra))]
    private static async Coroutine<string> Upgraded(Inbox<int> items, string extra)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        return $"{extra}: {sum}";
    }

    private static void GiveExtra(CapturedFields fields, int version) => fields["extra"] = $"from {version}";
}
