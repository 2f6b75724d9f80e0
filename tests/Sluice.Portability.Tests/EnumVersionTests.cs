using System.Text;

namespace Sluice.Tests.Portability;

/// <summary>A value of an enumeration is stored as its number: it is resumed only where each stored member has the same number.</summary>
public sealed class EnumVersionTests
{
    private static readonly SnapshotOptions s_options = new();

    /// <summary>The differences of a later version's code; whether values of the older one are taken.</summary>
    public static TheoryData<string, bool> Changes => new()
    {
        { nameof(Then.Added), true },
        { nameof(Then.Inserted), false },
        { nameof(Then.Renamed), false },
        { nameof(Then.Removed), false },
        { nameof(Then.Rebased), false },
        { nameof(Then.Same), true },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_enumeration_is_refused_unless_it_only_has_more_members(string change, bool isTaken)
    {
        foreach (var then in Values(change))
        {
            var bytes = Later(Captured(then));
            if (isTaken)
            {
                var copy = CoroutineSnapshot.Parse(bytes).Resume<int, string>();
                await copy.CloseAsync();
                var text = await copy.Completion;
                Assert.Contains("Middle", text, StringComparison.Ordinal);
                Assert.Contains($"+Here+{change}", text, StringComparison.Ordinal);
            }
            else
            {
                var message = Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(bytes)).Message;
                Assert.Contains(" = ", message, StringComparison.Ordinal);
                Assert.Contains("is gone", message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void So_is_one_of_an_item(string change, bool isTaken)
    {
        var (then, here) = (Type.GetType($"{typeof(Then).FullName}+{change}")!, Type.GetType($"{typeof(Here).FullName}+{change}")!);
        foreach (var shape in (Type[])[typeof(Nullable<>), typeof(List<>), typeof(ValueTuple<>)])
        {
            var theirs = Later(ItemDescription.Of(shape.MakeGenericType(then), s_options, null));
            var ours = ItemDescription.Of(shape.MakeGenericType(here), s_options, null);
            if (isTaken)
            {
                ItemDescription.Verify(theirs, ours);
            }
            else
            {
                Assert.Contains(" = ", Assert.Throws<SnapshotException>(() => ItemDescription.Verify(theirs, ours)).Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>By itself, in an array, in collections. Of a field the fingerprint has the type's name, so it cannot be renamed here.</summary>
    private static IEnumerable<object> Values(string change)
    {
        var type = Type.GetType($"{typeof(Then).FullName}+{change}")!;
        var middle = Enum.Parse(type, "Middle");
        yield return middle;
        var array = Array.CreateInstance(type, 1);
        array.SetValue(middle, 0);
        yield return array;
        yield return Activator.CreateInstance(typeof(List<>).MakeGenericType(type), array)!;
        yield return Activator.CreateInstance(typeof(HashSet<>).MakeGenericType(type), array)!;
    }

    private static byte[] Captured(object value)
    {
        var captured = Target.Start<int, string>(items => Keep(items, value)).SnapshotAsync().AsTask();
        Assert.True(captured.IsCompletedSuccessfully);
        return captured.Result.ToBytes();
    }

    /// <summary>As a program stored it whose types are those of <see cref="Then"/>, under the names of <see cref="Here"/>.</summary>
    private static byte[] Later(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        Assert.Contains("+Then+", text, StringComparison.Ordinal);
        bytes = Encoding.Latin1.GetBytes(text.Replace("+Then+", "+Here+", StringComparison.Ordinal));
        return text.StartsWith("SLSN", StringComparison.Ordinal) ? Hostile.Summed(bytes) : bytes;
    }

    private static async Coroutine<string> Keep(Inbox<int> items, object value)
    {
        await foreach (var item in items)
        {
            GC.KeepAlive(item);
        }

        return $"{value.GetType()} {string.Join(',', value is System.Collections.IEnumerable many ? many.Cast<object>() : [value])}";
    }

    private static class Then
    {
        internal enum Added { Small, Middle, Large }

        internal enum Inserted : byte { Small, Middle, Large }

        internal enum Renamed { Small, Middle, Large }

        internal enum Removed : long { Small, Middle, Large }

        internal enum Rebased : short { Small, Middle, Large }

        internal enum Same : ulong { Small, Middle = ulong.MaxValue, Large = 2 }
    }

    private static class Here
    {
        internal enum Added { Tiny = -1, Small, Middle, Large, Huge }

        internal enum Inserted : byte { Small, Medium, Middle, Large }

        internal enum Renamed { Small, Medium, Large }

        internal enum Removed : long { Small, Middle }

        internal enum Rebased : short { Small = 1, Middle, Large }

        internal enum Same : ulong { Small, Middle = ulong.MaxValue, Large = 2 }
    }
}
