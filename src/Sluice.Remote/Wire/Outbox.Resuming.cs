namespace Sluice;

/// <summary>Going on where a transport broke.</summary>
internal sealed partial class Outbox
{
    // Guard: _lock.
    private readonly KeptFrames? _kept = keeps ? new() : null;
    private bool _isGoodbyeOut;

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
            if (_isGoodbyeOut)
            {
                _isGoodbyeOut = false;
                AppendGoodbye();
            }

            CountUnsent();
        }

        Attach(transport);
    }

    /// <summary>Tells the other side why there is no goodbye, if that can be done at once.</summary>
    internal void TryTell(string failure)
    {
        lock (_lock)
        {
            if (_transport is null || _isWriting || _isClosing || _sent < _sending.Length)
            {
                return;
            }

            var frame = new ByteSink();
            FrameHeader.Write(frame, FrameKind.Failure, 0);
            frame.WriteText(failure.AsSpan(0, Math.Min(failure.Length, 1000)));
            FrameHeader.Seal(frame, 0);
            try
            {
                _transport.TrySend(frame.Written, out _);
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // The other side is gone, so it need not be told.
            }
        }
    }
}
