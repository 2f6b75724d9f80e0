namespace Sluice.Tests;

/// <summary>A transport that notes all that passes it.</summary>
internal sealed class TappedTransport(Transport inner) : Transport
{
    private readonly List<byte> _received = [];
    private readonly List<byte> _sent = [];

    internal override string Peer => inner.Peer;

    internal byte[] Received => Copy(_received);

    internal byte[] Sent => Copy(_sent);

    internal override int Receive(Span<byte> buffer)
    {
        var count = inner.Receive(buffer);
        Note(_received, buffer[..count]);
        return count;
    }

    internal override void Send(ReadOnlySpan<byte> bytes)
    {
        inner.Send(bytes);
        Note(_sent, bytes);
    }

    internal override bool TrySend(ReadOnlySpan<byte> bytes, out int sent)
    {
        var isAll = inner.TrySend(bytes, out sent);
        Note(_sent, bytes[..sent]);
        return isAll;
    }

    internal override void EndSending() => inner.EndSending();

    internal override void EndReceiving() => inner.EndReceiving();

    internal override void Close() => inner.Close();

    private static void Note(List<byte> to, ReadOnlySpan<byte> bytes)
    {
        lock (to)
        {
            to.AddRange(bytes);
        }
    }

    private static byte[] Copy(List<byte> of)
    {
        lock (of)
        {
            return [.. of];
        }
    }
}
