namespace Sluice;

/// <summary>Going on where a transport broke.</summary>
internal sealed partial class Outbox
{
    // Guard: _lock.
    private readonly KeptFrames? _kept = keeps ? new() : null;

    /// <summary>The other side has all numbered frames up to this one.</summary>
    internal void Acknowledge(long number)
    {
        lock (_lock)
        {
            (_kept ?? throw new ProtocolException("An acknowledgement came, but nothing is numbered here.")).Acknowledge(number);
        }
    }

    /// <summary>Writes to another transport from now on, first of all the frames after <paramref name="received"/>, which the other side
    /// does not have.</summary>
    internal void Resume(Transport transport, long received)
    {
        lock (_lock)
        {
            AssertInvariants();
            if (_life == Life.Over)
            {
                return; // the connection has ended since it was given the transport, and has closed it
            }

            if (received < _kept!.First - 1)
            {
                throw new ProtocolException($"The other side says that it has received {received} frames; it has acknowledged {_kept.First - 1}.");
            }

            _kept.Acknowledge(received);
            _sending = new();
            _sent = 0;
            FrameHeader.Write(_sending, FrameKind.Continuation, 0);
            _sending.WriteVarint((ulong)_kept.First);
            FrameHeader.Seal(_sending, 0);
            _sending.WriteBytes(_kept.Bytes);
            if (_life == Life.Closed)
            {
                _life = Life.Closing;
                AppendLast(FrameKind.Goodbye);
            }

            CountUnsent();
            AssertInvariants();
        }

        Attach(transport);
    }
}
