using System.Diagnostics;
using System.Text;

namespace Sluice;

/// <summary>A child process: write to it, read what it says, wait for its end.</summary>
/// <remarks>
/// <para><c>await using</c> leaves no process behind, however the block ends: if it still runs it is killed, with all its
/// descendants. For time limits use a <see cref="CancelScope"/>.</para>
/// <para>One reads and one writes at a time. Every operation is a checkpoint of the current scope; what a cancelled read had got is
/// there for the next one.</para>
/// <para>Thread safety: none; it belongs to the loop that it was started on, elsewhere its members throw
/// <see cref="InvalidOperationException"/>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopProcess : IAsyncDisposable
{
    private readonly EventLoop _loop = EventLoop.Current;
    private readonly Process _process;
    private readonly LineReader _output;
    private readonly LineReader? _error;
    private readonly string _name;
    private bool _isDisposed;

    private LoopProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        _name = $"process {Id} ({Path.GetFileName(process.StartInfo.FileName)})";
        _output = new(_loop, buffer => ReceiveAsync(process.StandardOutput, buffer));
        _error = process.StartInfo.RedirectStandardError ? new(_loop, buffer => ReceiveAsync(process.StandardError, buffer)) : null;
    }

    /// <summary>The process's number.</summary>
    public int Id { get; }

    /// <summary>Starts a program. Its standard error is this process's.</summary>
    /// <param name="program">The program: a path, or a name to be found in PATH.</param>
    /// <param name="arguments">Its arguments; none is split or expanded.</param>
    /// <returns>The process.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">Awaited: there is no such program, or it cannot be run.</exception>
    /// <exception cref="InvalidOperationException">Awaited: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope had been cancelled; nothing was started.</exception>
    public static Task<LoopProcess> StartAsync(string program, params IEnumerable<string> arguments) => StartAsync(new ProcessStartInfo(program, arguments));

    /// <summary>Starts a program with all that .NET lets one say about it.</summary>
    /// <inheritdoc cref="StartAsync(string, IEnumerable{string})"/>
    /// <param name="start">What to start. Standard input and output are redirected in any case, standard error if it says so; then it
    /// has to be read.</param>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="start"/> is null.</exception>
    public static async Task<LoopProcess> StartAsync(ProcessStartInfo start)
    {
        ArgumentNullException.ThrowIfNull(start);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.UseShellExecute) = (true, true, false);
        return new(await EventLoop.RunInThreadAsync(() => Process.Start(start)!));
    }

    /// <summary>Reads what it has written to its standard output, and waits if there is nothing.</summary>
    /// <param name="buffer">Where to. An empty one reads nothing, at once.</param>
    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="InvalidOperationException">Awaited: another read has not ended, or the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Awaited: this was disposed of.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled; nothing was read.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        CheckUse();
        _output.CheckFree();
        return buffer.IsEmpty ? 0 : _output.IsEmpty ? await ReceiveAsync(_process.StandardOutput, buffer) : await _output.TakeAsync(buffer);
    }

    /// <summary>Reads a line of its standard output: UTF-8 up to a line feed, or up to the end. Its end is not part of it, nor a
    /// carriage return before it.</summary>
    /// <param name="maxLength">How many bytes a line may have, without its end; 0 or more. Default: 65,536.</param>
    /// <returns>The line; null at the end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Awaited: <paramref name="maxLength"/> is negative.</exception>
    /// <exception cref="InvalidDataException">Awaited: the line is longer. It stays where it is.</exception>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask<string?> ReadLineAsync(int maxLength = 65_536)
    {
        CheckUse();
        return _output.ReadLineAsync(maxLength);
    }

    /// <summary>The same of its standard error.</summary>
    /// <inheritdoc cref="ReadLineAsync"/>
    /// <exception cref="InvalidOperationException">Thrown: standard error is not redirected.</exception>
    public ValueTask<string?> ReadErrorLineAsync(int maxLength = 65_536)
    {
        CheckUse();
        return (_error ?? throw new InvalidOperationException($"Standard error of {this} is not redirected: start it with a ProcessStartInfo that says so."))
            .ReadLineAsync(maxLength);
    }

    /// <summary>Writes to its standard input, and waits while it does not take it.</summary>
    /// <param name="data">What to write.</param>
    /// <exception cref="InvalidOperationException">Awaited: the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Awaited: this was disposed of, or the input was closed.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. A part may have been written.</exception>
    /// <exception cref="IOException">Awaited: it does not read any more.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        CheckUse();
        await _loop.AwaitOutsideAsync("room to write to ", this, async token =>
        {
            await _process.StandardInput.BaseStream.WriteAsync(data, token).ConfigureAwait(false);
            return default(NoValue);
        });
    }

    /// <summary>Writes text in UTF-8 and a line feed.</summary>
    /// <param name="line">The text.</param>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="line"/> is null.</exception>
    /// <inheritdoc cref="WriteAsync"/>
    public async ValueTask WriteLineAsync(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        await WriteAsync(Encoding.UTF8.GetBytes(line + '\n'));
    }

    /// <summary>Closes its standard input: it reads what was written and then the end. Does not wait; twice does nothing.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Thrown: this was disposed of.</exception>
    public void CloseInput()
    {
        CheckUse();
        _process.StandardInput.BaseStream.Dispose();
    }

    /// <summary>Waits until it has ended. If the scope is cancelled in that time the process is killed, with its descendants.</summary>
    /// <remarks>It does not end while it waits for someone to read its output.</remarks>
    /// <returns>Its exit code; on Linux 128 and the number of the signal if it died of one.</returns>
    /// <exception cref="InvalidOperationException">Awaited: the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Awaited: this was disposed of.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled; the process has ended.</exception>
    public async Task<int> WaitAsync()
    {
        CheckUse();
        try
        {
            await EndAsync();
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw;
        }

        return _process.ExitCode;
    }

    /// <summary>Kills it and all its descendants, and waits until it has ended. Cannot be cancelled; does nothing if it has ended.</summary>
    /// <exception cref="InvalidOperationException">Awaited: the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Awaited: this was disposed of.</exception>
    /// <exception cref="AggregateException">Awaited: not all descendants could be killed.</exception>
    public async Task KillAsync()
    {
        CheckUse();
        var shield = new CancelScope { Shield = true };
        await shield.RunAsync(async () =>
        {
            await EventLoop.RunInThreadAsync(() => _process.Kill(entireProcessTree: true));
            await EndAsync();
        });
    }

    /// <summary>Kills it if it still runs, and lets go of it. Twice does nothing.</summary>
    /// <exception cref="InvalidOperationException">Awaited: the caller is not on the loop's thread.</exception>
    /// <exception cref="AggregateException">Awaited: not all descendants could be killed.</exception>
    public async ValueTask DisposeAsync()
    {
        _loop.CheckThread();
        if (_isDisposed)
        {
            return;
        }

        try
        {
            await KillAsync();
        }
        finally
        {
            _isDisposed = true;
            _process.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _name;

    private ValueTask<NoValue> EndAsync() => _loop.AwaitOutsideAsync("the end of ", this, async token =>
    {
        await _process.WaitForExitAsync(token).ConfigureAwait(false);
        return default(NoValue);
    });

    private ValueTask<int> ReceiveAsync(StreamReader from, Memory<byte> buffer) =>
        _loop.AwaitOutsideAsync("output of ", this, token => from.BaseStream.ReadAsync(buffer, token));

    private void CheckUse()
    {
        _loop.CheckThread();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
    }
}
