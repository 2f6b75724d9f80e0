using System.Net.Sockets;

namespace Sluice;

/// <summary>Carries frames both ways between two processes, in order, each once. It knows nothing of what is in them.</summary>
/// <remarks>Thread safety: all members, from any thread. What is written after the end goes nowhere: the end is told by the handler
/// and by <see cref="Ended"/>, not by an exception to each writer.</remarks>
internal sealed partial class Connection
{
    private readonly ConnectionOptions _options;
    private readonly Outbox _outbox;
    private readonly FrameReader _reader;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    private readonly Recovery? _recovery;

    /// <summary>Guard: _lock.</summary>
    private Transport _transport;
    private IFrameHandler? _handler;
    private KeepAlive? _keepAlive;

    /// <summary>Over a connected socket in blocking mode (one that no asynchronous operation was ever begun on), without a handshake.
    /// It owns the socket.</summary>
    internal Connection(Socket socket, ConnectionOptions? options = null)
        : this(new SocketTransport(socket), options ?? ConnectionOptions.Default)
    {
    }

    /// <summary>With a <paramref name="recovery"/> numbered frames are kept until they are acknowledged, and sent again when the transport
    /// had to be replaced; the other side must do so too.</summary>
    internal Connection(Transport transport, ConnectionOptions options, Recovery? recovery = null)
    {
        _recovery = recovery;
        _transport = transport;
        _options = options;
        _outbox = new(this, options, keeps: recovery is not null);
        _reader = new(this, options);
    }

    /// <summary>For messages: who is at the other end.</summary>
    internal string Peer => _transport.Peer;

    /// <summary>Bytes that the system has not taken yet.</summary>
    internal long UnsentBytes => _outbox.Unsent;

    /// <summary>The number of times that another thread had to take over the reading.</summary>
    internal long TakeOvers => _reader.TakeOvers;

    /// <summary>Completes when all is over, however it ended: nothing more is sent or told.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Starts to read. Frames may be begun before; they are sent from now on. If the system has no thread to read it the connection is lost, which
    /// the handler hears before this returns.</summary>
    internal void Start(IFrameHandler handler)
    {
        lock (_lock)
        {
            if (_handler is not null)
            {
                throw new InvalidOperationException("The connection was started already.");
            }

            _handler = handler;
            if (_phase == Phase.Over)
            {
                return;
            }

            _keepAlive = new(this, _options.SilenceTimeout, _options.Time);
            ConnectionMonitor.Watch(this);
        }

        _outbox.Attach(_transport);
        if (!_reader.TryStart() && TryFinish())
        {
            handler.Lost(new IOException($"The connection to {Peer} is lost: no thread could be started to read it."));
        }
    }

    /// <summary>Opens a frame, and keeps other threads out until <see cref="End"/> or <see cref="Rewind"/>, one of which must follow on
    /// this thread. It continues the last frame if that has the same channel and kind, has not gone out yet, and the kind is
    /// one that joins (<see cref="FrameKind.IsJoined"/>).</summary>
    /// <returns>Where the payload goes; to be used until the frame is closed, and only at its end.</returns>
    internal ByteSink Begin(byte kind, int channel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kind, FrameKind.FirstAbove);
        return _outbox.Begin(kind, channel);
    }

    /// <summary>Closes the frame, which will be sent. More than 64 KiB are sent at once as far as that does not block.</summary>
    /// <param name="flushFollows">The caller will <see cref="Flush"/> soon, so no one need be woken. If it does not, the frame goes out after
    /// some milliseconds. On the reading thread that is always so: it flushes after each batch.</param>
    /// <exception cref="InvalidOperationException">The frame is longer than allowed; it is taken back.</exception>
    internal void End(bool flushFollows = false) => _outbox.End(flushFollows || _reader.IsReader);

    /// <summary>Closes the frame and opens another one of the same kind and channel, which continues it as in <see cref="Begin"/>. Other threads stay
    /// out: for many things in one hold of the lock. A failure later takes back what was written since then, and no more.</summary>
    /// <exception cref="InvalidOperationException">The frame is longer than allowed; it is taken back, and none is open.</exception>
    internal void Next() => _outbox.Next();

    /// <summary>Closes the frame and takes back what was written since <see cref="Begin"/>, or since the last <see cref="Next"/>.</summary>
    internal void Rewind() => _outbox.Rewind();

    /// <summary>Throws as <see cref="End"/> does if a frame with so many bytes of payload is longer than allowed.</summary>
    internal void CheckLength(int payload) => _outbox.CheckLength(payload);

    /// <summary>Sends what is there, on this thread, as far as that does not block and no one else is sending; the rest is sent by the
    /// one who does, or by a thread of its own.</summary>
    internal void Flush() => _outbox.Flush();

    /// <summary>Called by the monitor: whether it should go on looking.</summary>
    internal bool Tick() => _reader.Tick() | _outbox.Tick();

    /// <summary>Asks the other side whether it is there, and acknowledges what has come so far: this is the time for it.</summary>
    internal void Ping()
    {
        Acknowledge();
        _outbox.Begin(FrameKind.Ping, 0);
        _outbox.End(flushFollows: false);
    }
}
