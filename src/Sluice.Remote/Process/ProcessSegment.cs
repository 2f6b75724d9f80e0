using System.Net.Sockets;

namespace Sluice;

/// <summary>A segment in a worker process.</summary>
internal sealed class ProcessSegment(Segment segment, SegmentedRun whole, ProcessOptions options) : RemoteSegment(segment, whole, options)
{
    /// <summary>A worker that dies takes its connection along: its exit is known soon after.</summary>
    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(1);

    private WorkerProcess? _worker;
    private int _restarts;

    internal override bool IsReplayed => options.MaxRestarts > 0;

    internal override string Peer => _worker?.ToString() ?? "a worker process";

    private protected override async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        _worker = await WorkerProcess.StartAsync(options, HostSegment, cancellationToken).ConfigureAwait(false);
        WorkerOrder.Send(_worker.Socket, BitConverter.GetBytes(options.MaxFrameSize)); // the worker has no options of its own
        return new Connection(_worker.Socket, options.ToWire());
    }

    private protected override async Task<Exception> ExplainAsync(Exception cause)
    {
        if (cause is TimeoutException)
        {
            _worker!.Kill(); // it is there, and does not answer
            return new WorkerLostException(_worker.Id, "did not answer any more", (await _worker.Exited.ConfigureAwait(false)).LastErrorLines, cause);
        }

        using var stop = new CancellationTokenSource();
        var first = await Task.WhenAny(_worker!.Exited, Task.Delay(s_exitLimit, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        return first == _worker.Exited
            ? new WorkerLostException(await _worker.Exited.ConfigureAwait(false), "while it ran a part of the pipeline")
            : new WorkerLostException(_worker.Id, "broke its connection", [], cause);
    }

    private protected override async Task ReleaseAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync().ConfigureAwait(false);
        }
    }

    private protected override async Task<bool> MayRestartAsync(Exception lost, CancellationToken cancellationToken)
    {
        if (lost is not WorkerLostException worker || _restarts == options.MaxRestarts)
        {
            return false;
        }

        options.Restarting?.Invoke(worker);
        await Task.Delay(options.RestartDelay.DelayBefore(++_restarts), Whole.TimeProvider, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The method that the worker runs.</summary>
    private static void HostSegment(Socket socket)
    {
        var maxFrameSize = BitConverter.ToInt32(WorkerOrder.Receive(socket));
        var connection = new Connection(socket, new ConnectionOptions { MaxFrameSize = maxFrameSize, SilenceTimeout = Timeout.InfiniteTimeSpan }); // it ends with its parent
        var segment = new HostedSegment(connection, SnapshotOptions.Default, static line => Console.Error.WriteLine($"Sluice: worker process {Environment.ProcessId}: {line}"));
        connection.Start(segment);
        segment.Over.GetAwaiter().GetResult();
    }
}
