using System.Security.Cryptography;

namespace Sluice;

/// <summary>The client's first message.</summary>
internal sealed record Hello(WireVersions Versions, bool HasSecret, bool IsReturning, bool Keeps, Guid Session, long Received, string Role, string Application)
{
    internal const int NonceSize = 32;

    /// <summary>The first bytes of the payload, in every version.</summary>
    internal static ReadOnlySpan<byte> Magic => "SLUICE"u8;

    internal void Write(ByteSink to)
    {
        to.WriteBytes(Magic);
        to.WriteByte(Versions.Min);
        to.WriteByte(Versions.Max);
        to.WriteByte((byte)((HasSecret ? 1 : 0) | (IsReturning ? 2 : 0) | (Keeps ? 4 : 0)));
        to.WriteBytes(RandomNumberGenerator.GetBytes(NonceSize));
        to.WriteBytes(Session.ToByteArray());
        to.WriteVarint((ulong)Received);
        to.WriteText(Role);
        to.WriteText(Application);
    }

    /// <summary>Reads as much as every version has; the rest is null if there is no version in common.</summary>
    internal static (WireVersions Theirs, Hello? Hello) Read(ByteSource from, WireVersions ours)
    {
        if (!from.ReadBytes(Magic.Length).SequenceEqual(Magic))
        {
            throw new ProtocolException("It is not a Sluice client.");
        }

        var theirs = new WireVersions(from.ReadByte(), from.ReadByte());
        if (ours.Common(theirs) is null)
        {
            return (theirs, null);
        }

        var flags = from.ReadByte();
        from.ReadBytes(NonceSize);
        var session = new Guid(from.ReadBytes(16));
        return (theirs, new(theirs, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, session, (long)(from.ReadVarint() & long.MaxValue), from.ReadText(), from.ReadText()));
    }
}

/// <summary>The server's answer.</summary>
internal sealed record Challenge(byte Version, bool WantsProof, string Application)
{
    internal void Write(ByteSink to)
    {
        to.WriteByte(Version);
        to.WriteByte((byte)(WantsProof ? 1 : 0));
        to.WriteBytes(RandomNumberGenerator.GetBytes(Hello.NonceSize));
        to.WriteText(Application);
    }

    internal static Challenge Read(ByteSource from)
    {
        var version = from.ReadByte();
        var flags = from.ReadByte();
        from.ReadBytes(Hello.NonceSize);
        return new(version, (flags & 1) != 0, from.ReadText());
    }
}

/// <summary>The server's last word in the handshake: the client is in.</summary>
internal sealed record Welcome(bool Keeps, long Received, byte[] Proof)
{
    internal void Write(ByteSink to)
    {
        to.WriteByte((byte)(Keeps ? 1 : 0));
        to.WriteVarint((ulong)Received);
        to.WriteBytes(Proof);
    }

    internal static Welcome Read(ByteSource from) => new((from.ReadByte() & 1) != 0, (long)(from.ReadVarint() & long.MaxValue), from.ReadBytes(from.Left).ToArray());
}
