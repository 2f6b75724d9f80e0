namespace Sluice;

/// <summary>A client that has come, as a listener's callback sees it.</summary>
/// <param name="Role">What the client wants to be.</param>
/// <param name="Application">Which application it is. It says so itself; only the secret or the certificate prove anything.</param>
/// <param name="Session">Its number of the session, 16 random bytes.</param>
/// <param name="Version">The version of the protocol.</param>
/// <param name="Peer">Its address.</param>
/// <param name="Certificate">SHA-256 of its certificate, in hexadecimal; null without.</param>
/// <param name="Connection">The connection to it, which is started with the handler that the callback returns.</param>
internal sealed record Greeting(string Role, string Application, Guid Session, byte Version, string Peer, string? Certificate, Connection Connection);
