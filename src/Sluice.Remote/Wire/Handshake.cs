using System.Security.Authentication;

namespace Sluice;

/// <summary>Who says what before the first frame of a connection: hello, challenge, proof, welcome.</summary>
internal static class Handshake
{
    /// <summary>The client's side, as a whole.</summary>
    /// <exception cref="AuthenticationException">The other side does not know the secret.</exception>
    /// <exception cref="WireRefusedException">The other side refuses.</exception>
    internal static Welcome AsClient(HandshakeStream stream, Hello hello, Secret? secret)
    {
        stream.Send(FrameKind.Hello, hello.Write);
        var said = stream.Sent;
        var answer = stream.Receive(FrameKind.Challenge);
        var challenge = HandshakeStream.Parse(answer, Challenge.Read);
        if (challenge.Version < hello.Versions.Min || challenge.Version > hello.Versions.Max)
        {
            throw new ProtocolException($"The other side chose version {challenge.Version} of the protocol; this side speaks {hello.Versions}.");
        }

        if (secret is not null && !challenge.WantsProof)
        {
            throw new AuthenticationException("The other side does not ask for the secret, so it need not be the right one.");
        }

        stream.Send(FrameKind.Proof, to => to.WriteBytes(secret is null ? [] : secret.Prove(WireRole.Client, said, answer)));
        var welcome = HandshakeStream.Parse(stream.Receive(FrameKind.Welcome), Welcome.Read);
        return secret is null || secret.IsProof(welcome.Proof, WireRole.Server, said, answer)
            ? welcome
            : throw new AuthenticationException("The other side does not know the secret.");
    }

    /// <summary>The server's side, up to the client's proof.</summary>
    /// <param name="stream">The client.</param>
    /// <param name="versions">What this side speaks.</param>
    /// <param name="application">Which application this side is.</param>
    /// <param name="secret">What the client has to know; null if nothing.</param>
    /// <param name="greeted">Called when the client has said a hello that can be answered. Default: nothing is called.</param>
    /// <returns>The client's hello, and the proof that the welcome has to give.</returns>
    /// <exception cref="WireRefusedException">The client is to be refused.</exception>
    internal static (Hello Hello, byte Version, byte[] Proof) AsServer(HandshakeStream stream, WireVersions versions, string application, Secret? secret, Action? greeted = null)
    {
        var said = stream.Receive(FrameKind.Hello);
        var (theirs, hello) = HandshakeStream.Parse(said, from => Hello.Read(from, versions));
        if (versions.Common(theirs) is not { } version || hello is null)
        {
            throw new WireRefusedException(RefusalReason.Version, $"The listener speaks {versions} of the protocol, the client {theirs}.");
        }

        if (secret is not null && !hello.HasSecret)
        {
            throw new WireRefusedException(RefusalReason.Authentication, "A secret is required, and the client has none.");
        }

        greeted?.Invoke();
        stream.Send(FrameKind.Challenge, new Challenge(version, secret is not null, application).Write);
        var answer = stream.Sent;
        var proof = stream.Receive(FrameKind.Proof);
        if (secret is null)
        {
            return (hello, version, []);
        }

        return secret.IsProof(proof, WireRole.Client, said, answer)
            ? (hello, version, secret.Prove(WireRole.Server, said, answer))
            : throw new WireRefusedException(RefusalReason.Authentication, "The client does not know the secret.");
    }
}
