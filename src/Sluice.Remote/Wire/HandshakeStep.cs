namespace Sluice;

/// <summary>The way through a handshake, as each side counts it for itself: it takes a step with each frame that it sends or receives. docs/protocol.md has
/// the table of the steps.</summary>
internal enum HandshakeStep
{
    /// <summary>Nothing was said.</summary>
    Start,

    /// <summary>The client has said hello.</summary>
    Greeted,

    /// <summary>The server has answered with its challenge.</summary>
    Challenged,

    /// <summary>The client has given its proof.</summary>
    Proved,

    /// <summary>The server has let it in: frames of the connection follow.</summary>
    Welcomed,

    /// <summary>One side has refused the other. Nothing follows.</summary>
    Refused,
}

/// <summary>The table of <see cref="HandshakeStep"/>.</summary>
internal static class HandshakeSteps
{
    /// <returns>The step after a frame of this kind. Null: it has no place there.</returns>
    internal static HandshakeStep? After(HandshakeStep step, byte kind, WireRole sender) => (step, kind, sender) switch
    {
        (HandshakeStep.Start, FrameKind.Hello, WireRole.Client) => HandshakeStep.Greeted,
        (HandshakeStep.Greeted, FrameKind.Challenge, WireRole.Server) => HandshakeStep.Challenged,
        (HandshakeStep.Challenged, FrameKind.Proof, WireRole.Client) => HandshakeStep.Proved,
        (HandshakeStep.Proved, FrameKind.Welcome, WireRole.Server) => HandshakeStep.Welcomed,
        (HandshakeStep.Start, FrameKind.Refusal, WireRole.Client) => HandshakeStep.Refused,
        (HandshakeStep.Start or HandshakeStep.Greeted or HandshakeStep.Challenged or HandshakeStep.Proved, FrameKind.Refusal, WireRole.Server) => HandshakeStep.Refused,
        _ => null,
    };
}
