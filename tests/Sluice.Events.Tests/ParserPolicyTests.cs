namespace Sluice.Tests;

/// <summary>Parsers of documents refuse error policies, since what they hold would be lost.</summary>
public sealed class ParserPolicyTests
{
    [Fact]
    public void A_parser_of_JSON_refuses_a_policy_and_says_what_to_do() => AssertRefused("JsonEvents", static () => JsonEvents.Parse().OnError(ErrorPolicy.Skip));

    [Fact]
    public void A_parser_of_XML_refuses_a_policy_and_says_what_to_do() => AssertRefused("Utf8Xml", static () => Utf8Xml.Parse().OnError(ErrorPolicy.Skip));

    private static void AssertRefused(string name, Func<object> apply)
    {
        var refused = Assert.Throws<ArgumentException>("policy", () => apply());

        Assert.StartsWith($"'{name}' takes no error policy: ", refused.Message, StringComparison.Ordinal);
        Assert.Matches("Apply the policy to|Use a policy for", refused.Message);
    }
}
