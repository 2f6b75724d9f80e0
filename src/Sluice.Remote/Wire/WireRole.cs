namespace Sluice;

/// <summary>The two sides of a handshake.</summary>
internal enum WireRole
{
    Client,
    Server,
}
