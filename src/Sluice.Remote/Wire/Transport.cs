namespace Sluice;

/// <summary>A stream of bytes both ways. One thread receives and one sends at the same time; the rest may be called from anywhere.</summary>
internal abstract class Transport : IDisposable
{
    /// <summary>For messages: who is at the other end.</summary>
    internal abstract string Peer { get; }

    /// <summary>Waits for bytes; 0 at the end.</summary>
    internal abstract int Receive(Span<byte> buffer);

    /// <summary>Waits until all is handed to the system.</summary>
    internal abstract void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Sends what the system takes at once; false if that is not all, or if this transport cannot tell.</summary>
    internal abstract bool TrySend(ReadOnlySpan<byte> bytes, out int sent);

    /// <summary>The other side finds the end once it has read everything.</summary>
    internal abstract void EndSending();

    /// <summary>The receiver finds the end once it has read what has come already.</summary>
    internal abstract void EndReceiving();

    /// <summary>Ends the calls that send or receive. A second call does nothing.</summary>
    internal abstract void Close();

    public void Dispose() => Close();
}
