using System.Buffers;
using System.Text;

namespace Sluice;

/// <summary>
/// Passes the bytes of a worker's standard stream on to this process's, in whole lines. All relays of the process write in turn, so that
/// lines are not mixed, also when both streams go to one terminal. The last lines are kept if wished.
/// </summary>
internal sealed class LineRelay(Stream to, string? prefix, ErrorTail? tail = null)
{
    /// <summary>In bytes. A longer line is passed on in pieces.</summary>
    internal const int MaxLine = 64 * 1024;
    private const byte LineFeed = (byte)'\n';

    // Who waits for its turn holds no thread, even if no one reads this process's own output.
    private static readonly SemaphoreSlim s_turn = new(1);
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix ?? "");
    private byte[] _buffer = new byte[4096];
    private int _count;
    private bool _isWithinLine;

    /// <summary>The failure of the first write. The worker does not wait for that: its output is read on and dropped.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Ends at the end of the stream, or when cancelled; then the beginning of a last line, if any, has been passed on.</summary>
    internal async Task RunAsync(Stream from, CancellationToken cancellationToken)
    {
        try
        {
            while (await from.ReadAsync(_buffer.AsMemory(_count), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                _count += read;
                var end = _buffer.AsSpan(0, _count).LastIndexOf(LineFeed) + 1;
                if (end == 0 && _count == _buffer.Length)
                {
                    if (_count < MaxLine)
                    {
                        Array.Resize(ref _buffer, 2 * _count);
                        continue;
                    }

                    end = _count;
                }

                await PassOnAsync(end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The worker has ended, but something that it had started holds its streams open: nothing more is awaited from it.
        }

        if (_count > 0 && _prefix.Length > 0)
        {
            // With a prefix lines are what counts; without, the bytes.
            Array.Resize(ref _buffer, _count + 1);
            _buffer[_count++] = LineFeed;
        }

        await PassOnAsync(_count).ConfigureAwait(false);
    }

    private async Task PassOnAsync(int count)
    {
        if (count == 0)
        {
            return;
        }

        var bytes = _prefix.Length == 0 ? _buffer.AsMemory(0, count) : WithPrefixes(_buffer.AsSpan(0, count));
        tail?.Add(_buffer.AsSpan(0, count));
        _isWithinLine = _buffer[count - 1] != LineFeed;
        await s_turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (Failure is null)
            {
                to.Write(bytes.Span);
                to.Flush();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Failure = error;
        }
        finally
        {
            s_turn.Release();
        }

        _count -= count;
        Array.Copy(_buffer, count, _buffer, 0, _count);
    }

    private ReadOnlyMemory<byte> WithPrefixes(ReadOnlySpan<byte> lines)
    {
        var bytes = new ArrayBufferWriter<byte>(lines.Length + _prefix.Length);
        while (!lines.IsEmpty)
        {
            var length = lines.IndexOf(LineFeed) + 1;
            var line = length == 0 ? lines : lines[..length];
            if (!_isWithinLine)
            {
                bytes.Write(_prefix);
            }

            bytes.Write(line);
            _isWithinLine = length == 0;
            lines = lines[line.Length..];
        }

        return bytes.WrittenMemory;
    }
}
