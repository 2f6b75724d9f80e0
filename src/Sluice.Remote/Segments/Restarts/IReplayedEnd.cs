namespace Sluice;

/// <summary>This side's end of an edge to a process that may be replaced.</summary>
internal interface IReplayedEnd : IChannelEnd
{
    /// <summary>The other side has handled items, or with an error: what it has sent before that counts. On the reading thread.</summary>
    void Commit()
    {
    }

    /// <summary>From where a sender that replaces the other side has to go on.</summary>
    EdgePosition Position => EdgePosition.Start;

    /// <summary>The other side is gone, and there will be another one: what it has not handled is kept for that, what does not count yet is
    /// dropped.</summary>
    void Suspend();

    /// <summary>The other one is there: it is told all that it has to know.</summary>
    void Resume();
}
