namespace Sluice;

/// <summary>This side's end of an edge to another process. On the reading thread, but for <see cref="Lost"/>.</summary>
internal interface IChannelEnd
{
    /// <exception cref="ProtocolException">Thrown: the frame is out of place.</exception>
    void Received(byte kind, ByteSource payload);

    /// <summary>Resumes those that the received messages let go on: the application's code.</summary>
    void Wake();

    /// <summary>Gets whether one of the sides has said that nothing more goes along it.</summary>
    bool HasEnded { get; }

    /// <summary>Gets whether nothing more can come from the other side.</summary>
    bool IsOver { get; }

    /// <summary>Nothing more comes. Does nothing if the end is over.</summary>
    void Lost(Exception cause);
}
