using System.Security.Cryptography;

namespace Sluice;

/// <summary>The client's first message.</summary>
internal sealed record Hello(WireVersions Versions, bool HasSecret, bool IsReturning, bool Keeps, Guid Session, long Received, string Role, string Application)
{
    internal const int NonceSize = 32;

    /// <summary>What the payload begins with, in every version.</summary>
    internal static ReadOnlySpan<byte> Magic => "SLUICE"u8;

    internal void Write(ByteSink to)
    {
        to.Raw(Magic);
        to.Byte(Versions.Min);
        to.Byte(Versions.Max);
        to.Byte((byte)((HasSecret ? 1 : 0) | (IsReturning ? 2 : 0) | (Keeps ? 4 : 0)));
        to.Raw(RandomNumberGenerator.GetBytes(NonceSize));
        to.Raw(Session.ToByteArray());
        to.Varint((ulong)Received);
        to.Text(Role);
        to.Text(Application);
    }

    /// <summary>Reads as much as every version has; the rest is null if there is no version in common.</summary>
    internal static (WireVersions Theirs, Hello? Hello) Read(ByteSource from, WireVersions ours)
    {
        if (!from.Raw(Magic.Length).SequenceEqual(Magic))
        {
            throw new ProtocolException("It is not a Sluice client.");
        }

        var theirs = new WireVersions(from.Byte(), from.Byte());
        if (ours.Common(theirs) is null)
        {
            return (theirs, null);
        }

        var flags = from.Byte();
        from.Raw(NonceSize);
        var session = new Guid(from.Raw(16));
        return (theirs, new(theirs, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, session, (long)(from.Varint() & long.MaxValue), from.Text(), from.Text()));
    }
}

/// <summary>The server's answer.</summary>
internal sealed record Challenge(byte Version, bool WantsProof, string Application)
{
    internal void Write(ByteSink to)
    {
        to.Byte(Version);
        to.Byte((byte)(WantsProof ? 1 : 0));
        to.Raw(RandomNumberGenerator.GetBytes(Hello.NonceSize));
        to.Text(Application);
    }

    internal static Challenge Read(ByteSource from)
    {
        var version = from.Byte();
        var flags = from.Byte();
        from.Raw(Hello.NonceSize);
        return new(version, (flags & 1) != 0, from.Text());
    }
}

/// <summary>The server's last word in the handshake: the client is in.</summary>
internal sealed record Welcome(bool Keeps, long Received, byte[] Proof)
{
    internal void Write(ByteSink to)
    {
        to.Byte((byte)(Keeps ? 1 : 0));
        to.Varint((ulong)Received);
        to.Raw(Proof);
    }

    internal static Welcome Read(ByteSource from) => new((from.Byte() & 1) != 0, (long)(from.Varint() & long.MaxValue), from.Raw(from.Left).ToArray());
}
