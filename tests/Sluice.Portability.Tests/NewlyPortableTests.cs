using System.Diagnostics;
using System.Net;
using System.Numerics;
using System.Text;

namespace Sluice.Tests.Portability;

/// <summary>Types of .NET that stages keep, and what the error says of those that cannot be stored.</summary>
public sealed class NewlyPortableTests
{
    [Fact]
    public void Encodings_addresses_and_vectors_come_back()
    {
        object[] values =
        [
            Encoding.UTF8, new UTF8Encoding(false), new UTF8Encoding(true, true), Encoding.Unicode, Encoding.BigEndianUnicode, new UnicodeEncoding(true, false, true), Encoding.UTF32, new UTF32Encoding(true, true, true),
            Encoding.ASCII, Encoding.Latin1, Encoding.GetEncoding("us-ascii", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback),
            IPAddress.Loopback, IPAddress.IPv6Any, IPAddress.Parse("10.1.2.3"), IPAddress.Parse("fe80::1%3"), new IPEndPoint(IPAddress.Any, 0), new IPEndPoint(IPAddress.IPv6Loopback, 65535),
            Vector2.One, new Vector3(1, float.NaN, -0f), Vector4.UnitW, Quaternion.Identity, new Plane(1, 2, 3, 4), Matrix3x2.Identity, Matrix4x4.Identity,
        ];

        Assert.All(values, static value => Assert.Equal(value, new Wire<object>().RoundTrip(value)));
    }

    [Fact]
    public void An_encoding_with_fallbacks_of_its_own_is_refused() =>
        Assert.Contains("Encoding.GetEncoding", Assert.Throws<NotPortableException>(static () => new Wire<object>().Write(Encoding.GetEncoding("us-ascii", new EncoderReplacementFallback("!"), DecoderFallback.ReplacementFallback))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_foreach_over_an_array_behind_an_interface_goes_on()
    {
        var target = Target.Start<int, string>(items => Walk(items, new[] { "a", "b", "c" }));
        await target.SendAsync(1);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await copy.SendAsync(2);
        await copy.SendAsync(3);
        Assert.Equal("a1b2c3", await Wait.For(copy.Completion));
    }

    public static TheoryData<object, string> Refused => new()
    {
        { Stopwatch.StartNew(), "Use ElapsedTime" },
        { new Dictionary<int, int> { [1] = 2 }.Keys.GetEnumerator(), "not on the list of those that can be stored. Go through a copy: foreach (var item in items.ToList())" },
        { (Func<string?>)Console.ReadLine, "it is a method of 'System.Console', which delegates in snapshots may not have. Call it in a lambda" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_refusal_says_what_to_do(object value, string advice) =>
        Assert.Contains(advice, Assert.Throws<NotPortableException>(() => new Wire<object>().Write(value)).Message, StringComparison.Ordinal);

    private static async Coroutine<string> Walk(Inbox<int> items, IReadOnlyList<string> names)
    {
        var text = "";
        foreach (var name in names)
        {
            text += $"{name}{await items.ReceiveAsync()}";
        }

        return text;
    }
}
