namespace Sluice;

/// <summary>This side's end of an edge to another process. On the reading thread, but for <see cref="Lost"/>.</summary>
internal interface IChannelEnd
{
    /// <exception cref="SnapshotException">Thrown: the frame is damaged, or out of place.</exception>
    void Received(byte kind, ByteSource payload);

    /// <summary>What was received may have somebody go on: the application's code.</summary>
    void Wake();

    /// <summary>Nothing more comes.</summary>
    void Lost(Exception cause);
}
