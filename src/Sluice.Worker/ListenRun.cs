using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice.Worker;

/// <summary>From the first client that may connect to the end, which a signal brings about.</summary>
internal static class ListenRun
{
    /// <summary>Stages that compute and look at nothing cannot be ended; the process is.</summary>
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(10);

    /// <returns>The exit code.</returns>
    /// <exception cref="ToolException">The address cannot be listened on.</exception>
    internal static async Task<int> RunAsync(IPEndPoint address, WorkerListenerOptions options, Log log)
    {
        var stop = new TaskCompletionSource<PosixSignal>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var listener = Start(address, options);
        Console.WriteLine($"listening on {listener.LocalEndPoint}");
        var signal = await stop.Task;
        log.Info($"Ends at {signal}; {listener.Parts} parts are running.");
        try
        {
            await listener.DisposeAsync().AsTask().WaitAsync(s_endTimeout);
            log.Info("Has ended.");
            return 0;
        }
        catch (TimeoutException)
        {
            log.Warning($"{listener.Parts} parts had not ended after {s_endTimeout.TotalSeconds:0} seconds and were cut off.");
            return 1;
        }

        // A second signal finds the first one's task completed, and does what it does without a handler: it ends the process.
        void Stop(PosixSignalContext context) => context.Cancel = stop.TrySetResult(context.Signal);
    }

    private static WorkerListener Start(IPEndPoint address, WorkerListenerOptions options)
    {
        try
        {
            return WorkerListener.Start(address, options);
        }
        catch (SocketException error)
        {
            throw new ToolException($"{address} cannot be listened on: {error.Message}", error);
        }
    }
}
