namespace Sluice.Tests.Portability;

/// <summary>Snapshots that older code made, stored in <c>Golden/</c>, are resumed by this code. They were made by a build in
/// which the stages below are as they were then: <c>dotnet test tests/Sluice.Portability.Tests -c Release -p:Golden=V1 --filter OlderVersions</c>,
/// and again with <c>-c Debug</c>. Do that again when the format or the compiler changes.</summary>
public sealed class OlderVersionsTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

#if GOLDEN_V1
    public static TheoryData<string> Stages => ["upgraded", "unchanged", "changed"];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task A_snapshot_is_stored(string stage)
    {
        Func<Inbox<int>, Coroutine<string>> body = stage switch
        {
            "upgraded" => Upgraded,
            "unchanged" => Unchanged,
            _ => Changed,
        };
        var target = Target.Start(body);
        await target.SendAsync(1);
        await target.SendAsync(2);

        await File.WriteAllBytesAsync(FileOf(stage), (await target.SnapshotAsync()).ToBytes());
    }

    private static async Coroutine<string> Upgraded(Inbox<int> items)
    {
        var sum = 0;
        var seen = new List<int>();
        await foreach (var item in items)
        {
            sum += item;
            seen.Add(item);
        }

        return $"{sum} {seen.Count}";
    }

    private static async Coroutine<string> Changed(Inbox<int> items)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        return $"{sum}";
    }
#else
    [Fact]
    public async Task The_upgrade_method_translates_the_variables()
    {
        var target = CoroutineSnapshot.Parse(await File.ReadAllBytesAsync(FileOf("upgraded"))).Resume<int, string>();

        await target.SendAsync(4);
        await target.CloseAsync();

        Assert.Equal("total 7 of 3, first 1, began at -1", await target.Completion);
    }

    [Fact]
    public async Task Code_that_has_not_changed_resumes_what_an_older_build_stored()
    {
        var target = CoroutineSnapshot.Parse(await File.ReadAllBytesAsync(FileOf("unchanged"))).Resume<int, string>();

        await target.SendAsync(4);
        await target.CloseAsync();

        Assert.Equal("7", await target.Completion);
    }

    [Fact]
    public async Task Changed_code_without_an_upgrade_refuses_it()
    {
        var bytes = await File.ReadAllBytesAsync(FileOf("changed"));

        var error = Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(bytes));

        Assert.Contains("'Changed'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'sum' was System.Int32 and is System.Int64", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Now with a larger sum, with the first item instead of all, and with an await before the loop.</summary>
    [StageVersion(2, Upgrade = nameof(FromOlder))]
    private static async Coroutine<string> Upgraded(Inbox<int> items)
    {
        var began = await items.ReceiveAsync();
        long total = 0;
        int? first = null;
        var count = 0;
        await foreach (var item in items)
        {
            first ??= item;
            total += item;
            count++;
        }

        return $"total {total} of {count}, first {first}, began at {began}";
    }

    private static void FromOlder(CapturedFields fields, int version)
    {
        Assert.Equal(1, version);
        Assert.Equal("Upgraded", fields.Coroutine);
        var seen = fields.Get<List<int>>("seen");
        fields.Rename("sum", "total");
        fields["total"] = (long)fields.Get<int>("total");
        fields["first"] = seen[0];
        fields["count"] = seen.Count;
        fields["began"] = -1;
        Assert.True(fields.Remove("seen"));
        fields.State++; // there is an await before the loop now
    }

    private static async Coroutine<string> Changed(Inbox<int> items)
    {
        var sum = 0L;
        await foreach (var item in items)
        {
            sum += item;
        }

        return $"{sum}";
    }
#endif

    private static async Coroutine<string> Unchanged(Inbox<int> items)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        return $"{sum}";
    }

    internal static string FileOf(string stage) => Repository.PathOf("tests", "Sluice.Portability.Tests", "Golden", $"{stage}.{Configuration}.snapshot");
}
