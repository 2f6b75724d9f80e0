namespace Sluice.Contracts;

/// <summary>The ways in which a connection to a server is lost.</summary>
public enum ConnectionCut
{
    /// <summary>The request does not arrive.</summary>
    BeforeRequest,

    /// <summary>The request arrives, and its answer does not.</summary>
    BeforeAnswer,

    /// <summary>The same, and the server does not notice that the connection is gone.</summary>
    HalfOpen,
}
