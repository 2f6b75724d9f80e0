using System.Text;

namespace Sluice.Tests.Portability;

/// <summary>Sender and receiver that are not the same program: an error that says what differs, never other values.</summary>
public sealed class ItemVersionTests
{
    private static readonly SnapshotOptions s_options = new();

    [Fact]
    public void The_same_type_has_the_same_description_with_emitted_code_and_by_reflection()
    {
        var sent = ItemCodecs.DescriptionOf<One.Order>(s_options);

        ItemCodecs.Verify<One.Order>(sent, new() { UsesReflection = true });
        ItemCodecs.Verify<object>(ItemCodecs.DescriptionOf<object>(s_options), s_options);
        Assert.NotEqual(sent, ItemCodecs.DescriptionOf<Two.Order>(s_options));
    }

    [Fact]
    public void Fields_that_differ_are_named()
    {
        var error = Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<Two.Order>(Renamed(ItemCodecs.DescriptionOf<One.Order>(s_options)), s_options));

        Assert.StartsWith("The sender has another version of 'Sluice.Tests.Portability.ItemVersionTests+Two+Order'. Its fields differ: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Price' was System.Double and is System.Decimal", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Size' (System.Int32) is gone", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Note' (System.String) is new", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'Name'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_deep_inside_is_named_by_its_path()
    {
        var error = Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<(int, List<Two.Order[]>)>(Renamed(ItemCodecs.DescriptionOf<(int, List<One.Order[]>)>(s_options)), s_options));

        Assert.Contains("'Item2.Price' was System.Double and is System.Decimal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_enumeration_of_another_size_is_another_version()
    {
        ItemCodecs.Verify<Two.Same>(Renamed(ItemCodecs.DescriptionOf<One.Same>(s_options)), s_options); // it has a member more
        var error = Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<Two.Size>(Renamed(ItemCodecs.DescriptionOf<One.Size>(s_options)), s_options));

        Assert.Contains("was System.Byte and is System.Int64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_that_became_something_else_is_another_version()
    {
        var error = Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<Two.Leaf>(Renamed(ItemCodecs.DescriptionOf<One.Leaf>(s_options)), s_options));

        Assert.Contains("by their fields; this program reads them as graphs of objects", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_items_another_codec_and_another_format_are_told_apart()
    {
        var sent = ItemCodecs.DescriptionOf<int>(s_options);
        Assert.Contains("'System.Int32', not 'System.Int64'", Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<long>(sent, s_options)).Message, StringComparison.Ordinal);
        Assert.Contains("by the codec 'Sluice.Tests.Portability.OwnCodecTests+Backwards'", Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<string>(sent = ItemCodecs.DescriptionOf<string>(s_options, new OwnCodecTests.Backwards()), s_options)).Message, StringComparison.Ordinal);
        sent[0] = 9;
        Assert.Contains("of format 9", Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<string>(sent, s_options)).Message, StringComparison.Ordinal);
        Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<string>([], s_options));
    }

    [Fact]
    public void Objects_of_another_version_in_a_graph_are_refused_before_they_are_made()
    {
        var bytes = Renamed(new Wire<object>().Write(new One.Order("x", 1, 2)));
        var error = Assert.Throws<SnapshotException>(() => new Wire<object>().ReadAnew(bytes));

        Assert.Contains("'Price' was System.Double and is System.Decimal", error.Message, StringComparison.Ordinal);
    }

    /// <summary>As a program would send it whose types are those of <see cref="One"/>, under the names of <see cref="Two"/>.</summary>
    private static byte[] Renamed(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        Assert.Contains("+One+", text, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text.Replace("+One+", "+Two+", StringComparison.Ordinal));
    }

    private static class One
    {
        internal enum Same
        {
            A,
        }

        internal enum Size : byte
        {
            A,
        }

        internal sealed record Order(string Name, double Price, int Size);

        internal sealed record Leaf(int Number);
    }

    private static class Two
    {
        internal enum Same
        {
            A,
            B,
        }

        internal enum Size : long
        {
            A,
        }

        internal sealed record Order(string Name, decimal Price, string? Note);

        internal sealed record Leaf(int Number, object? More);
    }
}
