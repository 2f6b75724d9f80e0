namespace Sluice.Layering.Tests;

/// <summary>A table reports each difference, either way.</summary>
public sealed class LayerTableTests
{
    private const string Text = """
                     1  2  3
         1  Cellar   \  .  .
         2  Hall     x  \  .
         3  Roof     .  x  \
        """;

    private static readonly string[] s_rooms = ["Cellar", "Hall", "Roof"];
    private static readonly Use[] s_uses = [new("Hall", "Cellar", 'x', "a lamp"), new("Roof", "Hall", 'x', "a ladder")];

    [Fact]
    public void Nothing_is_reported_where_all_is_as_the_table_says() => Assert.Empty(Differences(s_rooms, s_uses));

    [Fact]
    public void A_forbidden_use_is_reported_with_where_it_is_and_what_to_do()
    {
        var message = Assert.Single(Differences(s_rooms, [.. s_uses, new("Cellar", "Roof", 'x', "a chimney"), new("Cellar", "Roof", 'x', "a pipe")]));

        Assert.Equal(["House: Cellar must not use Roof, but does ('x' where the table has '.'). Move it.", "    a chimney", "    a pipe"], message.Split(Environment.NewLine));
    }

    [Fact]
    public void An_allowed_use_that_nothing_needs_is_reported() =>
        Assert.Equal("House: Roof may use Hall ('x') but does not. Write '.' there, so that it stays so.", Assert.Single(Differences(s_rooms, s_uses[..1])));

    [Fact]
    public void A_use_of_another_kind_is_reported() => Assert.StartsWith("House: Roof must not use Hall, but does ('r' where the table has 'x').",
        Assert.Single(Differences(s_rooms, [s_uses[0], new("Roof", "Hall", 'r', "a plan")])), StringComparison.Ordinal);

    [Fact]
    public void A_name_without_a_row_and_a_row_without_its_name_are_reported() => Assert.Equal(
        ["House: Attic has no row. Give it one, and allow it only what it needs.", "House: Attic has no column. Give it one, and allow it only what it needs.", "House: there is no Roof, but it has a row. Remove it."],
        Differences(["Cellar", "Hall", "Attic"], s_uses));

    [Theory]
    [InlineData("1  Cellar   \\  .  .", "1  Cellar   .  .  .", "House: the row Cellar must have '\\' in its own column.")]
    [InlineData("3  Roof", "4  Roof", "House: the row Roof has the number 4, but is row 3.")]
    [InlineData(".  x  \\", ".  \\", "House: the row Roof has 2 marks for 3 columns.")]
    [InlineData("1  2  3", "1  2", "House: the first line must number 3 columns.")]
    public void A_table_that_is_not_one_is_refused(string right, string wrong, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => new LayerTable("House", Text.Replace(right, wrong, StringComparison.Ordinal))).Message);

    private static IEnumerable<string> Differences(string[] rooms, Use[] uses) => new LayerTable("House", Text).Differences(rooms, rooms, uses, "Move it.");
}
