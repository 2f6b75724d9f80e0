using System.Diagnostics;
using System.Net.Sockets;

namespace Sluice;

/// <summary>The clients that are in their handshake; each takes a thread. When there are too many, one gives its place to the one that comes: so
/// strangers that connect and say nothing keep no client out, and each of them costs a thread for a short time.</summary>
/// <remarks>It is one from the address that has the most of them, among those one that has not said hello before one that has, and then the oldest.
/// So a client that dials properly goes only where as many proper ones from its own address come within the time of its handshake; it is told to try
/// again. Thread safety: all members, from any thread.</remarks>
internal sealed class UnauthenticatedPeers(int limit, int limitPerAddress)
{
    private readonly Lock _lock = new();

    /// <summary>The oldest first. Guard: _lock.</summary>
    private readonly List<UnauthenticatedPeer> _all = [];

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>The reason for which one had to go.</summary>
    internal string Reason => $"Others need its place: {limit} clients may be in their handshake, {Math.Min(limit, limitPerAddress)} of one address. Try again.";

    internal UnauthenticatedPeer Enter(Socket socket)
    {
        var peer = new UnauthenticatedPeer(socket);
        UnauthenticatedPeer? dropped;
        lock (_lock)
        {
            dropped = FindSurplus(peer.Origin);
            if (dropped is not null)
            {
                _all.Remove(dropped);
            }

            _all.Add(peer);
            Debug.Assert(_all.Count <= limit, "One has gone for each that came beyond the limit.");
        }

        dropped?.Drop();
        return peer;
    }

    /// <summary>It has proved who it is, or is gone. False if it had to go before.</summary>
    internal bool TryLeave(UnauthenticatedPeer peer)
    {
        lock (_lock)
        {
            return _all.Remove(peer);
        }
    }

    private UnauthenticatedPeer? FindSurplus(string origin)
    {
        var fromThere = _all.Count(peer => peer.Origin == origin) >= limitPerAddress
            ? origin
            : _all.Count >= limit ? _all.GroupBy(static peer => peer.Origin, StringComparer.Ordinal).MaxBy(static group => group.Count())!.Key : null;
        return fromThere is null ? null : _all.Where(peer => peer.Origin == fromThere).MinBy(static peer => peer.HasGreeted);
    }
}
