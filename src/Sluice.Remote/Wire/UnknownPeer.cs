using System.Globalization;
using System.Text;

namespace Sluice;

/// <summary>Describes the bytes of an unknown peer, as text for a log.</summary>
internal static class UnknownPeer
{
    private const int MaxText = 300;

    /// <summary>Returns whether the first bytes are those of a TLS client.</summary>
    internal static bool SpeaksTls(ReadOnlySpan<byte> start) => start is [0x16, 0x03, ..];

    /// <summary>Returns whether the first five bytes may be those of a client that speaks the protocol without TLS.</summary>
    internal static bool MayBeHello(ReadOnlySpan<byte> start) => start is [_, < HandshakeStream.MaxFrame >> 8, 0, 0, FrameKind.Hello];

    /// <summary>Describes the first four bytes.</summary>
    internal static string Describe(ReadOnlySpan<byte> start) => start switch
    {
        [(byte)'G', (byte)'E', (byte)'T', ..] or [(byte)'P', (byte)'O' or (byte)'U', ..] or [(byte)'H', (byte)'E', (byte)'A', ..]
            or [(byte)'O', (byte)'P', (byte)'T', ..] or [(byte)'D', (byte)'E', (byte)'L', ..] or [(byte)'P', (byte)'R', (byte)'I', ..]
            => "It is not a Sluice client: this looks like HTTP.",
        [(byte)'S', (byte)'S', (byte)'H', ..] => "It is not a Sluice client: this looks like SSH.",
        _ => $"It is not a Sluice client: it begins with {Convert.ToHexString(start)}.",
    };

    /// <summary>Without anything that a terminal or a log's reader would obey, and not long.</summary>
    internal static string Escape(string text, int maxText = MaxText)
    {
        var escaped = new StringBuilder();
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, maxText)))
        {
            if (character is >= ' ' and <= '~' || char.IsLetterOrDigit(character))
            {
                escaped.Append(character);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
        }

        return text.Length > maxText ? escaped.Append("...").ToString() : escaped.ToString();
    }
}
