namespace Sluice.Tests;

/// <summary>Values of any type in exceptions that cross.</summary>
public sealed class OpenValueTests
{
    public static TheoryData<object> Simple => [true, 'x', (sbyte)-1, (byte)1, (short)-2, (ushort)2, -3, 3u, -4L, 4UL, 1.5f, double.NaN, 0.1 + 0.2, 1.50m, "a:b", "", TimeSpan.FromTicks(-1), new DateTime(1, DateTimeKind.Utc), new DateTime(2, DateTimeKind.Local)];

    [Theory]
    [MemberData(nameof(Simple))]
    public void A_number_a_text_or_a_time_comes_back_as_what_it_was(object value)
    {
        foreach (var asText in (bool[])[true, false])
        {
            var back = OpenValue.Parse(OpenValue.TextOf(value, asText)!);

            Assert.Equal(value.GetType(), back.GetType());
            Assert.Equal(value, back);
        }
    }

    [Fact]
    public void Anything_else_crosses_as_its_text_if_a_message_is_made_of_it_and_else_not()
    {
        foreach (var value in (object[])[DayOfWeek.Monday, new Version(1, 2), Guid.Empty, DBNull.Value])
        {
            Assert.Equal(value.ToString(), OpenValue.Parse(OpenValue.TextOf(value, asText: true)!));
            Assert.Null(OpenValue.TextOf(value, asText: false));
        }

        Assert.Null(OpenValue.TextOf(new Mute(), asText: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("Object:x")]
    [InlineData("Empty:")]
    [InlineData("Int32:x")]
    [InlineData("TimeSpan:")]
    public void What_no_value_was_written_as_is_refused(string text) => Assert.Throws<FormatException>(() => OpenValue.Parse(text));

    private sealed class Mute
    {
        public override string ToString() => throw new InvalidOperationException("no text");
    }
}
