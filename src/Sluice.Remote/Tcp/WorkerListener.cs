using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Sluice;

/// <summary>Hosts parts of pipelines that run elsewhere: the other side of <see cref="RemoteEnvironments.Tcp"/>. The tool <c>Sluice.Worker</c> is one for
/// deployed applications; a program of your own may be one too.</summary>
/// <remarks>
/// <para>The parts run in this process, each on a strand of its own. What they do to the process they do to all of them: one that
/// ends it, or overflows its stack, ends the others too. An exception of a stage goes to its pipeline, and nowhere else.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
[DebuggerDisplay("{LocalEndPoint}: {Parts} parts")]
public sealed class WorkerListener : IAsyncDisposable
{
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(30);

    private readonly WorkerListenerOptions _options;
    private readonly Action<string> _log;
    private readonly WireListener _listener;
    private readonly ConcurrentDictionary<HostedSegment, (Connection Connection, Task Gone)> _parts = new();

    [RequiresUnreferencedCode("Parts are snapshots, whose types are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types that cross.")]
    private WorkerListener(EndPoint address, WorkerListenerOptions options)
    {
        _options = options;
        _log = GuardedLog.Over(options.Log);
        _listener = WireListener.Listen(
            address,
            new WireListenerOptions
            {
                Application = string.Join(", ", options.Applications.Keys),
                Security = options.Security.ToWire(),
                HandshakeTimeout = options.HandshakeTimeout,
                ReconnectWindow = options.ReconnectWindow,
                MaxConnections = options.MaxConnections,
                MaxUnauthenticated = options.MaxUnauthenticated,
                MaxUnauthenticatedPerAddress = options.MaxUnauthenticatedPerAddress,
                Log = options.Log,
                Connection = new ConnectionOptions { MaxFrameSize = options.MaxFrameSize, SilenceTimeout = options.SilenceTimeout, Time = options.Time },
            },
            Admit);
    }

    /// <summary>The address, with the port that was chosen if 0 was asked for.</summary>
    public EndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>How many parts run.</summary>
    public int Parts => _parts.Count;

    /// <summary>Listens.</summary>
    /// <param name="address">The address; port 0 lets the system choose one.</param>
    /// <param name="options">The security, the applications and the limits.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: <see cref="WorkerListenerOptions.Security"/> secures nothing, or not what
    /// is sent on an address that other hosts can reach.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Thrown: the address cannot be listened on.</exception>
    [RequiresUnreferencedCode("Parts are snapshots, whose types are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types that cross.")]
    public static WorkerListener Start(EndPoint address, WorkerListenerOptions options)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        return new(address, options);
    }

    /// <summary>Accepts no more, and ends what runs: its pipelines see that the connection is lost.</summary>
    /// <returns>Completes when all parts have ended, at the latest after 30 seconds, and their pipelines were told so, at the latest after
    /// 5 seconds. Parts that still run then, because a stage does not heed its token, are logged.</returns>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        var parts = _parts.ToArray();
        foreach (var (part, (connection, _)) in parts)
        {
            connection.Abort(new IOException("The worker ends."));
            part.Lost(new IOException("The worker ends."));
        }

        await Task.WhenAll(parts.SelectMany(static part => (Task[])[part.Value.Gone, part.Value.Connection.Ended])).WaitAsync(s_endTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (parts.Count(static part => !part.Value.Gone.IsCompleted) is > 0 and var running)
        {
            _log($"{running} parts still run, {Duration.Text(s_endTimeout)} after they were cancelled.");
        }
    }

    private HostedSegment Admit(Greeting greeting)
    {
        if (greeting.Role != TcpSegment.Role)
        {
            throw new WireRefusedException(RefusalReason.Application, $"This side hosts parts of pipelines, and '{greeting.Role}' is something else.");
        }

        if (!_options.Applications.TryGetValue(greeting.Application, out var snapshots))
        {
            throw new WireRefusedException(RefusalReason.Application, $"The application '{greeting.Application}' is not hosted here. Hosted are: {string.Join(", ", _options.Applications.Keys)}.");
        }

        var part = new HostedSegment(greeting.Connection, snapshots, line => _log($"{greeting.Peer}: {line}"));
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _parts[part] = (greeting.Connection, gone.Task);
        _log($"{greeting.Peer} runs a part of '{greeting.Application}'.");
        _ = ForgetAsync(part, greeting, gone);
        return part;
    }

    private async Task ForgetAsync(HostedSegment part, Greeting greeting, TaskCompletionSource gone)
    {
        await part.Over.ConfigureAwait(false);
        _parts.TryRemove(part, out _);
        _log($"{greeting.Peer}: the part of '{greeting.Application}' has ended: {part.Outcome.TrimEnd('.')}.");
        gone.SetResult();
    }
}
