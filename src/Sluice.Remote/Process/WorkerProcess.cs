using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Sluice;

/// <summary>
/// A process that runs one static method of this application, with a connection to here. It ends when that method returns, when it is
/// asked to by <see cref="DisposeAsync"/>, and with this process, however that ends.
/// </summary>
/// <remarks>Thread safety: safe, but for <see cref="Socket"/>, which is the caller's.</remarks>
internal sealed class WorkerProcess : IAsyncDisposable
{
    // The system has what the worker wrote before it ended; more can come only from others that it left its streams to.
    private static readonly TimeSpan s_outputLimit = TimeSpan.FromSeconds(1);
    private readonly Process _process;
    private readonly ErrorTail _errors = new();

    // Cancelled when the process has ended, before its last output is passed on. Has no timer, so it need not be disposed of.
    private readonly CancellationTokenSource _ended = new();
    private readonly TimeSpan _endTimeout;
    private readonly string _temporaryFolder;
    private DiagnosticFiles _files;
    private Socket? _lifeline;
    private Socket? _socket;

    // The number of the worker's group once it has said so; 0 before.
    private volatile int _group;
    private volatile bool _wasAsked;
    private int _isDisposed;

    private WorkerProcess(ProcessStartInfo start, ProcessOptions options)
    {
        _endTimeout = options.EndTimeout;
        _process = Process.Start(start)!;
        Id = _process.Id;
        _temporaryFolder = start.Environment.TryGetValue("TMPDIR", out var folder) && !string.IsNullOrEmpty(folder) ? folder : "/tmp";
        _files = DiagnosticFiles.Of(Id, _temporaryFolder);
        _process.StandardInput.Dispose();
        Exited = WatchAsync(
            new LineRelay(Console.OpenStandardOutput(), options.OutputPrefix),
            new LineRelay(Console.OpenStandardError(), options.OutputPrefix, _errors));
    }

    /// <summary>The connection. Its bytes belong to the entry method and to the caller. The entry method reads its end once this is disposed of.</summary>
    internal Socket Socket => _socket!;

    /// <summary>The worker's number.</summary>
    internal int Id { get; private set; }

    /// <summary>Completes when it has ended, in any way, and its output has been passed on; never fails.</summary>
    internal Task<WorkerExit> Exited { get; }

    /// <summary>Starts a worker, which then calls the method.</summary>
    /// <param name="options">How.</param>
    /// <param name="entry">A static method, public or not, of an assembly that the application refers to. Its result is the worker's end; an exception,
    /// written to standard error, is an exit code.</param>
    /// <param name="cancellationToken">Ends the start; then nothing is left of it.</param>
    /// <exception cref="ArgumentException">Awaited: the entry method is not a static one without type arguments.</exception>
    /// <exception cref="InvalidOperationException">Awaited: this program disables start-up hooks, or the worker refused: it is of another build, or may not have the priority.</exception>
    /// <exception cref="PlatformNotSupportedException">Awaited: the program is compiled ahead of time, or priorities are not those of Unix.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">Awaited: there is no such program or folder.</exception>
    /// <exception cref="WorkerLostException">Awaited: it ended before it was connected, or took too long.</exception>
    internal static async Task<WorkerProcess> StartAsync(ProcessOptions options, Action<Socket> entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Niceness is not null && OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException($"{nameof(ProcessOptions)}.{nameof(ProcessOptions.Niceness)} takes a Unix system.");
        }

        var order = WorkerOrder.ToCall(entry, options.Niceness);
        using var rendezvous = new WorkerRendezvous();
        var worker = new WorkerProcess(WorkerProgram.Describe(options, rendezvous.Invitation), options);
        try
        {
            await worker.ConnectAsync(rendezvous, order, options.StartupTimeout, cancellationToken).ConfigureAwait(false);
            return worker;
        }
        catch
        {
            worker.Kill();
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends it at once, with all that it has started. Does nothing if it has ended.</summary>
    internal void Kill()
    {
        if (Exited.IsCompleted || _process.HasExited)
        {
            return;
        }

        _wasAsked = true;
        _process.Kill(entireProcessTree: true);
        KillGroup();
    }

    /// <summary>Asks it to end, waits for as long as the options say, and kills it. Twice does no more than wait.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            await Exited.ConfigureAwait(false);
            return;
        }

        if (!Exited.IsCompleted)
        {
            _wasAsked = true;
            AskToEnd();
            await EndsWithinAsync(Exited, _endTimeout).ConfigureAwait(false);
            Kill();
            await Exited.ConfigureAwait(false);
        }

        _socket?.Dispose();
        _lifeline?.Dispose();
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"worker process {Id}";

    private async Task ConnectAsync(WorkerRendezvous rendezvous, WorkerOrder order, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        limit.CancelAfter(timeout);
        try
        {
            (_lifeline, _socket, Id) = await rendezvous.AcceptAsync(limit.Token).ConfigureAwait(false);
            _group = Id;
            _files = DiagnosticFiles.Of(Id, _temporaryFolder);
            WorkerOrder.Send(_socket, order.ToBytes());
            var refusal = Encoding.UTF8.GetString(await WorkerOrder.ReceiveAsync(_socket, limit.Token).ConfigureAwait(false));
            if (refusal.Length > 0)
            {
                throw new InvalidOperationException($"Worker process {Id} {refusal}");
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isLost = error is not OperationCanceledException || _ended.IsCancellationRequested;
            throw isLost && await EndsWithinAsync(Exited, timeout).ConfigureAwait(false)
                ? new WorkerLostException(await Exited.ConfigureAwait(false), "before it was ready")
                : new WorkerLostException(Id, $"was not ready within {Duration.Text(timeout)} ({nameof(ProcessOptions)}.{nameof(ProcessOptions.StartupTimeout)})", _errors.Lines, error);
        }
    }

    private async Task<WorkerExit> WatchAsync(LineRelay output, LineRelay error)
    {
        using var stop = new CancellationTokenSource();
        var relays = Task.WhenAll(
            output.RunAsync(_process.StandardOutput.BaseStream, stop.Token),
            error.RunAsync(_process.StandardError.BaseStream, stop.Token));
        await _process.WaitForExitAsync().ConfigureAwait(false);

        // A number is not given again while a group of that number has members, and what has none is not hit.
        KillGroup();
        _files.Remove();
        await _ended.CancelAsync().ConfigureAwait(false);
        if (!await EndsWithinAsync(relays, s_outputLimit).ConfigureAwait(false))
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await EndsWithinAsync(relays, s_outputLimit).ConfigureAwait(false);
        }

        return new(Id, _process.ExitCode, _errors.Lines, _wasAsked) { OutputFailure = output.Failure ?? error.Failure };
    }

    private void AskToEnd()
    {
        try
        {
            // Not closed: what it has sent and no one has read would make that a reset, which is an error there.
            _socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The connection has ended already: it knows.
        }
    }

    private void KillGroup()
    {
        if (_group != 0 && !OperatingSystem.IsWindows())
        {
            UnixProcess.KillGroup(_group);
        }
    }

    private static async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource();
        var isFirst = await Task.WhenAny(task, Task.Delay(limit, stop.Token)).ConfigureAwait(false) == task;
        await stop.CancelAsync().ConfigureAwait(false);
        return isFirst;
    }
}
