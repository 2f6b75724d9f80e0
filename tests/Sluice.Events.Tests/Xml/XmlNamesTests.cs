using System.Text;

namespace Sluice.Tests.Xml;

public sealed class XmlNamesTests
{
    private readonly XmlNames _names = new();

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("route")]
    [InlineData("latitude")]
    [InlineData("a-name-of-more-than-sixteen-bytes")]
    [InlineData("straße")]
    public void The_same_name_is_the_same_string(string name)
    {
        var first = _names.Get(Encoding.UTF8.GetBytes(name));

        Assert.Equal(name, first);
        Assert.Same(first, _names.Get(Encoding.UTF8.GetBytes(name)));
    }

    [Fact]
    public void A_literal_of_the_program_is_the_name_itself() => Assert.Same("a literal", _names.Get("a literal"u8));

    [Fact]
    public void Names_that_differ_only_in_the_middle_are_different_names()
    {
        for (var i = 100; i < 1000; i++)
        {
            var name = $"beginning{i}endofname";
            Assert.Equal(name, _names.Get(Encoding.UTF8.GetBytes(name)));
        }
    }

    [Fact]
    public void A_document_may_have_any_number_of_names()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 50_000; i++)
            {
                Assert.Equal("n" + i, _names.Get(Encoding.UTF8.GetBytes("n" + i)));
            }
        }
    }
}
