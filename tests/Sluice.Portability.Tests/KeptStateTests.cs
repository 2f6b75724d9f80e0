using System.Reflection;

namespace Sluice.Tests.Portability;

/// <summary>State with chains and steps of its own says whether its parts fit together, so that a loop over it ends. Each field of the table of a keyed stage is
/// given each small number.</summary>
public sealed class KeptStateTests
{
    private const BindingFlags Fields = BindingFlags.NonPublic | BindingFlags.Instance;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_table_of_keys_is_whole_as_it_is_and_with_any_other_number_it_is_not(int keys)
    {
        var table = TableOf(keys);
        Assert.True(table.IsWhole);

        foreach (var field in (string[])["_used", "_free", "_first", "_last"])
        {
            AssertOnlyOwnIsWhole(table, table, field);
        }

        var slots = (Array)table.GetType().GetField("_slots", Fields)!.GetValue(table)!;
        for (var i = 0; i < slots.Length; i++)
        {
            foreach (var field in (string[])["Before", "After"])
            {
                var slot = slots.GetValue(i)!;
                var own = (int)Member(slot, field).GetValue(slot)!;
                for (var number = -2; number <= slots.Length; number++)
                {
                    Member(slot, field).SetValue(slot, number);
                    slots.SetValue(slot, i);
                    Assert.True(!table.IsWhole || number == own || !IsChained(table, i, field), $"slot {i}: {field} = {number} instead of {own}");
                }

                Member(slot, field).SetValue(slot, own);
                slots.SetValue(slot, i);
            }
        }

        Assert.True(table.IsWhole);
    }

    [Fact]
    public void A_slot_with_another_key_or_another_coroutine_is_not_whole()
    {
        var table = TableOf(4);
        var slots = (Array)table.GetType().GetField("_slots", Fields)!.GetValue(table)!;
        var (one, other) = (slots.GetValue(0)!, slots.GetValue(1)!);
        foreach (var field in (string[])["Key", "Target"])
        {
            var changed = slots.GetValue(0)!;
            Member(changed, field).SetValue(changed, Member(other, field).GetValue(other));
            slots.SetValue(changed, 0);
            Assert.False(table.IsWhole, field);
            slots.SetValue(one, 0);
        }

        Assert.True(table.IsWhole);
    }

    [Theory]
    [InlineData(10, 5, true)]
    [InlineData(1, 1, true)]
    [InlineData(0, 5, false)]
    [InlineData(10, 0, false)]
    [InlineData(-1, 5, false)]
    [InlineData(10, long.MinValue, false)]
    public void Windows_have_a_size_and_a_step(long size, long step, bool isWhole)
    {
        var type = typeof(Stage).GetNestedTypes(BindingFlags.NonPublic).Single(static type => type.Name == "AlignedWindows`1").MakeGenericType(typeof(int));

        var windows = (IKeptState)Activator.CreateInstance(type, BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance, null, [size, step], null)!;

        Assert.Equal(isWhole, windows.IsWhole);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(200)]
    public void Open_windows_are_whole_as_they_are_and_out_of_order_or_with_another_number_they_are_not(int sessions)
    {
        var open = new Stage.SessionWindows<int>(10);
        for (var i = sessions; i > 0; i--)
        {
            Assert.True(open.TryAdd(100 * i, i, long.MinValue));
        }

        var kept = (IKeptState)open;
        Assert.True(kept.IsWhole);
        var spans = open.GetType().BaseType!.GetField("_open", Fields)!;
        if (sessions > 1)
        {
            foreach (var number in (int[])[-1, 0, 1000])
            {
                var changed = spans.GetValue(open)!;
                var own = Member(changed, "_blockCount").GetValue(changed);
                Member(changed, "_blockCount").SetValue(changed, number);
                spans.SetValue(open, changed);
                Assert.False(kept.IsWhole);
                Member(changed, "_blockCount").SetValue(changed, own);
                spans.SetValue(open, changed);
            }

            var blocks = (Array)Member(spans.GetValue(open)!, "_blocks").GetValue(spans.GetValue(open))!;
            var entries = (Array)Member(blocks.GetValue(0)!, "Entries").GetValue(blocks.GetValue(0))!;
            var (first, second) = (entries.GetValue(0), entries.GetValue(1));
            entries.SetValue(second, 0);
            entries.SetValue(first, 1);
            Assert.False(kept.IsWhole);
            entries.SetValue(first, 0);
            entries.SetValue(null, 1);
            Assert.False(kept.IsWhole);
            entries.SetValue(second, 1);
        }

        Assert.True(kept.IsWhole);
    }

    [Fact]
    public void A_queue_with_another_count_is_not_whole()
    {
        var queue = new DueQueue<object>();
        queue.Add(1, 1, queue);
        Assert.True(((IKeptState)queue).IsWhole);

        foreach (var count in (int[])[-1, 2, 5])
        {
            var changed = new DueQueue<object>();
            changed.Add(1, 1, queue);
            Member(changed, "<Count>k__BackingField").SetValue(changed, count);
            Assert.False(((IKeptState)changed).IsWhole, $"{count}");
        }
    }

    /// <summary>The table of a keyed stage that has had so many keys, of which it keeps at most seven.</summary>
    private static IKeptState TableOf(int keys)
    {
        var stage = Stage.ForEachKey<int, int, int>(static number => number, PerKey, new KeyedOptions { MaxKeys = 7 }).Start(Target.Start<int>(Drain));
        for (var key = 0; key < keys; key++)
        {
            Assert.True(stage.SendAsync(key).AsTask().IsCompletedSuccessfully);
        }

        var captured = stage.SnapshotAsync().AsTask();
        Assert.True(captured.IsCompletedSuccessfully);
        return captured.Result.Open(out _).Objects.OfType<IKeptState>().Single();
    }

    private static void AssertOnlyOwnIsWhole(IKeptState table, object holder, string field)
    {
        var member = Member(holder, field);
        var own = (int)member.GetValue(holder)!;
        for (var number = -2; number <= 17; number++)
        {
            member.SetValue(holder, number);
            Assert.True(table.IsWhole == (number == own), $"{field} = {number} instead of {own}");
        }

        member.SetValue(holder, own);
    }

    private static FieldInfo Member(object holder, string field) => holder.GetType().GetField(field, Fields)!;

    /// <summary>Gets whether the loops follow the link: of slots that were given back only the one to the next.</summary>
    private static bool IsChained(IKeptState table, int slot, string field)
    {
        var slots = (Array)Member(table, "_slots").GetValue(table)!;
        for (var at = (int)Member(table, "_first").GetValue(table)!; at >= 0 && at < slots.Length; at = (int)Member(slots.GetValue(at)!, "After").GetValue(slots.GetValue(at)!)!)
        {
            if (at == slot)
            {
                return true;
            }
        }

        return field == "After" && slot < (int)Member(table, "_used").GetValue(table)!;
    }

    private static async Coroutine PerKey(int key, Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(key + item);
        }
    }

    private static async Coroutine Drain(Inbox<int> items)
    {
        await foreach (var item in items)
        {
            GC.KeepAlive(item);
        }
    }
}
