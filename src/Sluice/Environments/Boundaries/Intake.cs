namespace Sluice;

/// <summary>The edges of one entry: one, or several where what the members of a pool send is gathered. Owner: the strand of the entry.</summary>
internal sealed class Intake(params IInlet[] inlets)
{
    /// <summary>Those of them that have ended before the entry.</summary>
    private readonly bool[] _hasEnded = new bool[inlets.Length];

    /// <summary>The number of those that have not.</summary>
    internal int OpenEdges { get; private set; } = inlets.Length;

    /// <summary>Gets whether the end of one more edge is the end of the entry.</summary>
    internal bool IsLast => OpenEdges == 1;

    /// <summary>All that the entry feeds is open.</summary>
    internal void Open() => Array.ForEach(inlets, static inlet => inlet.Peer?.Opened());

    /// <summary>Wakes the reader, to see that there is nothing more for it to do.</summary>
    internal void Stop() => Array.ForEach(inlets, static inlet => inlet.Stop());

    /// <summary>One edge has been closed, and others are open: nothing more follows from that (rule 8).</summary>
    internal void EndOne(int inlet)
    {
        _hasEnded[inlet] = true;
        OpenEdges--;
        inlets[inlet].Peer?.ReaderEnded(null);
        inlets[inlet].Peer?.Settled();
    }

    /// <summary>The entry has ended.</summary>
    internal void End(Exception? failure) => ForRest(peer => peer.ReaderEnded(failure));

    /// <summary>Everything behind the entry has ended.</summary>
    internal void Settle() => ForRest(static peer => peer.Settled());

    private void ForRest(Action<IInletPeer> tell)
    {
        for (var i = 0; i < inlets.Length; i++)
        {
            if (!_hasEnded[i] && inlets[i].Peer is { } peer)
            {
                tell(peer);
            }
        }
    }
}

/// <summary>An inlet, for code that does not read from it.</summary>
internal interface IInlet
{
    /// <summary>Its writer; null if the sending segment could not be made.</summary>
    IInletPeer? Peer { get; }

    /// <summary>Wakes the reader, to see that there is nothing more for it to do. Within its strand.</summary>
    void Stop();
}
