using System.Buffers.Binary;
using System.Diagnostics;

namespace Sluice;

/// <summary>Frames of the handshake, one after the other. It reads no byte more than a frame has, so that the connection can go on with the
/// transport, and takes none that is longer than a stranger may send.</summary>
/// <remarks>It knows the step that its side is at. A frame of the other side that has no place there is a <see cref="ProtocolException"/>; one of this side
/// is an error of this library, which is asserted.</remarks>
/// <param name="transport">The connection.</param>
/// <param name="role">This side.</param>
/// <param name="first">Bytes of it that have been read already.</param>
internal sealed class HandshakeStream(Transport transport, WireRole role, ReadOnlyMemory<byte> first = default)
{
    /// <summary>Of a frame, before the other side has proved who it is.</summary>
    internal const int MaxFrame = 4096;

    /// <summary>Of a refusal's text: a certificate's subject may be long.</summary>
    internal const int MaxReason = 1000;

    private readonly ByteSink _out = new();
    private ReadOnlyMemory<byte> _first = first;

    /// <summary>The step that this side is at.</summary>
    internal HandshakeStep Step { get; private set; }

    internal void Send(byte kind, Action<ByteSink> payload)
    {
        var isInOrder = TryStep(kind, role);
        Debug.Assert(isInOrder, $"A {role} whose handshake is {Step} does not send a frame of kind {kind}.");
        _out.Clear();
        FrameHeader.Write(_out, kind, 0);
        payload(_out);
        FrameHeader.Seal(_out, 0);
        transport.Send(_out.Written);
    }

    /// <summary>The payload that was sent last.</summary>
    internal byte[] Sent => _out.Written[FrameHeader.Read(_out.Written).Size..].ToArray();

    /// <summary>The payload of the next frame.</summary>
    /// <exception cref="ProtocolException">It is no frame of this kind.</exception>
    /// <exception cref="EndOfStreamException">The other side is gone.</exception>
    /// <exception cref="WireRefusedException">The other side refuses.</exception>
    internal byte[] Receive(byte kind)
    {
        var frame = new byte[FrameHeader.Prefix];
        Fill(frame, isFirst: kind == FrameKind.Hello); // a stranger that goes away without a word is told of in other words
        var length = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (length is < 2 or > MaxFrame)
        {
            throw UnknownPeer.SpeaksTls(frame)
                ? new WireRefusedException(RefusalReason.Encryption, "The client speaks TLS, and this listener does not, since it has no certificate.")
                : new ProtocolException(UnknownPeer.Describe(frame));
        }

        Array.Resize(ref frame, (int)length + FrameHeader.Prefix);
        Fill(frame.AsSpan(FrameHeader.Prefix), isFirst: false);
        var header = FrameHeader.Read(frame);
        var payload = frame[header.Size..];
        if (header.Channel != 0 || (header.Kind != kind && header.Kind != FrameKind.Refusal) || !TryStep(header.Kind, role == WireRole.Client ? WireRole.Server : WireRole.Client))
        {
            throw new ProtocolException($"A frame of kind {header.Kind} came in the handshake where kind {kind} was expected.");
        }

        if (header.Kind == FrameKind.Refusal)
        {
            var (reason, text) = Parse(payload, ReadRefusal);
            throw role == WireRole.Client ? new WireRefusedException(reason, $"The other side refuses: {text}") : new IOException($"It refuses this side: {text}");
        }

        return payload;
    }

    /// <summary>Receives a refusal, and nothing else.</summary>
    /// <exception cref="ProtocolException">It is something else.</exception>
    /// <exception cref="WireRefusedException">It is one.</exception>
    internal void ReceiveRefusal() => Receive(FrameKind.Refusal);

    internal void Refuse(RefusalReason reason, string message) => Send(FrameKind.Refusal, to =>
    {
        to.WriteByte((byte)reason);
        to.WriteText(message.AsSpan(0, Math.Min(message.Length, MaxReason)));
    });

    /// <exception cref="ProtocolException">The payload has less than it says.</exception>
    internal static T Parse<T>(byte[] payload, Func<ByteSource, T> read)
    {
        try
        {
            return read(new(payload, 0, payload.Length));
        }
        catch (InvalidDataException error)
        {
            throw new ProtocolException("A message of the handshake is damaged.", error);
        }
    }

    /// <summary>False if the frame has no place at this step.</summary>
    private bool TryStep(byte kind, WireRole sender)
    {
        if (HandshakeSteps.After(Step, kind, sender) is not { } next)
        {
            return false;
        }

        Step = next;
        return true;
    }

    private static (RefusalReason Reason, string Text) ReadRefusal(ByteSource from) => ((RefusalReason)from.ReadByte(), UnknownPeer.Escape(from.ReadText(), MaxReason));

    private void Fill(Span<byte> bytes, bool isFirst)
    {
        for (var count = 0; count < bytes.Length;)
        {
            var more = Math.Min(_first.Length, bytes.Length - count);
            if (more > 0)
            {
                _first.Span[..more].CopyTo(bytes[count..]);
                _first = _first[more..];
            }
            else
            {
                more = transport.Receive(bytes[count..]);
            }

            if (more == 0)
            {
                throw new EndOfStreamException(isFirst && count == 0 ? "It went away without a word." : "It went away in the middle of the handshake.");
            }

            count += more;
        }
    }
}
