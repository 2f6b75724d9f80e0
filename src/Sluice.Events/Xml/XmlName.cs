using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>A name of elements or attributes, looked at once: whether it is one, and what is before and behind its colon.
/// Thread safety: immutable.</summary>
[PortableCodec(typeof(Codec))]
internal sealed class XmlName
{
    /// <summary>Names that fit in a vector together with the <c>&gt;</c> behind them are compared in one go.</summary>
    private const int LongestInVector = 15;

    internal XmlName(ReadOnlySpan<byte> utf8)
    {
        Utf8 = utf8.ToArray();
        var text = Encoding.UTF8.GetString(utf8);
        // A name that the program's own code has as a literal is that one: comparing it is then comparing references.
        Text = string.IsInterned(text) ?? text;
        IsValid = Check(Text, out var colon);
        (Prefix, Local) = IsValid && colon > 0 ? (Text[..colon], Text[(colon + 1)..]) : ("", Text);
        HasPrefix = Prefix.Length > 0;
        Closing = [.. utf8, (byte)'>'];
        if (utf8.Length is > 0 and <= LongestInVector)
        {
            ClosingMask = FirstBytes(utf8.Length + 1);
            Span<byte> padded = stackalloc byte[Vector128<byte>.Count];
            padded.Clear();
            Closing.CopyTo(padded);
            ClosingBytes = Vector128.Create((ReadOnlySpan<byte>)padded);
        }
    }

    internal string Text { get; }

    internal byte[] Utf8 { get; }

    /// <summary>Gets whether XML 1.0 and its namespaces allow the name (as <see cref="XmlReader"/> reads them).</summary>
    internal bool IsValid { get; }

    /// <summary>The part before the colon; empty if there is none.</summary>
    internal string Prefix { get; }

    internal string Local { get; }

    internal bool HasPrefix { get; }

    /// <summary>The name and the <c>&gt;</c> of its end tag.</summary>
    internal byte[] Closing { get; }

    /// <summary>The same, filled up with zeros; what no bytes are, if it is too long.</summary>
    internal Vector128<byte> ClosingBytes { get; } = Vector128<byte>.AllBitsSet;

    /// <summary>The bytes of <see cref="ClosingBytes"/> that count; none if the name is too long.</summary>
    internal Vector128<byte> ClosingMask { get; }

    private static ReadOnlySpan<byte> Masks =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>What it is made of; the rest follows from that.</summary>
    private sealed class Codec : PortableCodec<XmlName>
    {
        public override void Write(ByteSink to, XmlName value)
        {
            to.WriteCount(value.Utf8.Length);
            to.WriteBytes(value.Utf8);
        }

        public override XmlName Read(ByteSource from) => new(from.ReadBytes(from.ReadCount()));
    }

    /// <summary>A mask for the first bytes of a vector.</summary>
    internal static Vector128<byte> FirstBytes(int count) => Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Masks), (nuint)(Vector128<byte>.Count - count));

    private static bool Check(string name, out int colon)
    {
        colon = -1;
        var start = true;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == ':' && colon < 0 && i > 0)
            {
                colon = i;
                start = true;
            }
            else if (start ? XmlConvert.IsStartNCNameChar(name[i]) : XmlConvert.IsNCNameChar(name[i]))
            {
                start = false;
            }
            else
            {
                return false;
            }
        }

        return !start;
    }
}
