namespace Sluice;

/// <summary>This side's end of an edge to another process. On the reading thread, but for <see cref="Lost"/>.</summary>
internal interface IChannelEnd
{
    /// <exception cref="ProtocolException">Thrown: the frame is out of place.</exception>
    void Received(byte kind, ByteSource payload);

    /// <summary>Resumes those that the received messages let go on: the application's code.</summary>
    void Wake();

    /// <summary>The other side has handled items, or with an error: what it has sent before that counts.</summary>
    void Commit()
    {
    }

    /// <summary>Gets whether one of the sides has said that nothing more goes along it.</summary>
    bool HasEnded { get; }

    /// <summary>Gets whether nothing more can come from the other side.</summary>
    bool IsOver { get; }

    /// <summary>From where a sender that replaces the other side has to go on.</summary>
    EdgePosition Position => EdgePosition.Start;

    /// <summary>The other side is gone, and there will be another one: what it has not handled is kept for that, what does not count yet is
    /// dropped.</summary>
    void Suspend();

    /// <summary>The other one is there: it is told all that it has to know.</summary>
    void Resume();

    /// <summary>Nothing more comes. Does nothing if the end is over.</summary>
    void Lost(Exception cause);
}
