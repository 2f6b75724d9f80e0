using System.Net.Sockets;

namespace Sluice;

/// <summary>A client that has not proved yet who it is, while <see cref="UnauthenticatedPeers"/> has it.</summary>
internal sealed class UnauthenticatedPeer(Socket socket)
{
    private volatile bool _isDropped;
    private volatile bool _hasGreeted;

    internal Socket Socket => socket;

    /// <summary>For messages: its address.</summary>
    internal string Peer { get; } = SocketEnds.Describe(socket);

    /// <summary>The key that it shares with others from the same place.</summary>
    internal string Origin { get; } = SocketEnds.OriginOf(socket);

    /// <summary>Gets whether it has given its place to another one.</summary>
    internal bool IsDropped => _isDropped;

    /// <summary>Gets whether it has said hello and may still be let in. Written by its thread.</summary>
    internal bool HasGreeted
    {
        get => _hasGreeted;
        set => _hasGreeted = value;
    }

    /// <summary>Its thread finds the end of what it reads, and sees why. The other direction stays open, for the answer.</summary>
    internal void Drop()
    {
        _isDropped = true; // first: the thread that wakes up reads it
        SocketEnds.Shutdown(socket, SocketShutdown.Receive);
    }
}
