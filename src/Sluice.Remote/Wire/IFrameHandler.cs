namespace Sluice;

/// <summary>What a <see cref="Connection"/> tells the layer above.</summary>
internal interface IFrameHandler
{
    /// <summary>A frame of kind 16 or above has come. On the reading thread, in order; must not block, since nothing else is read
    /// meanwhile. The payload is valid until this returns. An exception ends the connection with <see cref="Lost"/>.</summary>
    void Received(byte kind, int channel, ByteSource payload);

    /// <summary>The frames that one read brought have all been told. May run the application's code for as long as it likes: if it
    /// takes longer than some milliseconds another thread goes on reading, so the other methods, and this one, may then be
    /// called while it still runs. An exception ends the connection with <see cref="Lost"/>.</summary>
    void BatchEnded();

    /// <summary>Another thread goes on reading, since <see cref="BatchEnded"/> takes long: what that has not come to yet need not wait for it. The same
    /// holds for it.</summary>
    void TakenOver()
    {
    }

    /// <summary>The connection failed. Once; nothing comes after it, and it does not come after a goodbye or after
    /// <see cref="Connection.Close"/> or <see cref="Connection.Abort"/>.</summary>
    void Lost(Exception cause);

    /// <summary>The other side said goodbye: it has sent all that it wanted to send, and reads no more. Nothing comes after it
    /// but the end of the batch, if that had frames.</summary>
    void Closed();
}
