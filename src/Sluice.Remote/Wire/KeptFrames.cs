using System.Buffers.Binary;

namespace Sluice;

/// <summary>The numbered frames that were written and not acknowledged, to be written again if the transport breaks. Guard: the
/// outbox's lock.</summary>
internal sealed class KeptFrames
{
    /// <summary>A buffer that has been larger than this is given back once it is empty.</summary>
    private const int Large = 4 * 1024 * 1024;

    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>The number of the first frame here, or of the next one that comes; they are counted from 1.</summary>
    internal long First { get; private set; } = 1;

    /// <summary>The number of the last frame that was put in.</summary>
    internal long Last { get; private set; }

    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    internal int Length => _end - _start;

    /// <summary>Takes the numbered ones out of a batch of whole frames.</summary>
    internal void Add(ReadOnlySpan<byte> batch)
    {
        while (!batch.IsEmpty)
        {
            var run = 0; // neighbours are copied at once
            while (run < batch.Length && FrameKind.IsNumbered(batch[run + FrameHeader.Prefix]))
            {
                run += LengthOf(batch[run..]);
                Last++;
            }

            Append(batch[..run]);
            batch = batch[run..];
            if (!batch.IsEmpty)
            {
                batch = batch[LengthOf(batch)..];
            }
        }
    }

    /// <summary>The other side has all frames up to this number. One that says less than another before it was on its way when the
    /// transport broke, and says nothing new.</summary>
    /// <exception cref="ProtocolException">It cannot have: so many were never sent.</exception>
    internal void Acknowledge(long number)
    {
        if (number > Last)
        {
            throw new ProtocolException($"The other side says that it has received {number} frames; {Last} were sent.");
        }

        for (; First <= number; First++)
        {
            _start += LengthOf(_bytes.AsSpan(_start));
        }

        if (_start == _end)
        {
            _start = _end = 0;
            if (_bytes.Length > Large)
            {
                _bytes = new byte[4096];
            }
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> frame) => (int)BinaryPrimitives.ReadUInt32LittleEndian(frame) + FrameHeader.Prefix;

    private void Append(ReadOnlySpan<byte> frames)
    {
        if (_bytes.Length - _end < frames.Length)
        {
            var needed = (long)Length + frames.Length;
            var to = needed > _bytes.Length / 2 ? new byte[(int)Math.Min(Array.MaxLength, 2 * needed)] : _bytes;
            Bytes.CopyTo(to);
            (_bytes, _start, _end) = (to, 0, Length);
        }

        frames.CopyTo(_bytes.AsSpan(_end));
        _end += frames.Length;
    }
}
