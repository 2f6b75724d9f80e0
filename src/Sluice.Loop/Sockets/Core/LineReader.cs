namespace Sluice;

/// <summary>Reading with a buffer in between, by one reader at a time: lines, exact lengths, or all that there is. What a reader that
/// was cancelled had got already is there for the next one.</summary>
/// <param name="loop">The loop.</param>
/// <param name="receive">Gets more bytes; 0 is the end.</param>
internal sealed class LineReader(EventLoop loop, Func<Memory<byte>, ValueTask<int>> receive)
{
    private readonly ByteBuffer _buffer = new();
    private bool _isBusy;

    internal bool IsEmpty => _buffer.Count == 0;

    internal void CheckFree()
    {
        if (_isBusy)
        {
            throw new InvalidOperationException("Two read at once: let the first one end, or share it by a LoopLock.");
        }
    }

    internal async ValueTask<string?> ReadLineAsync(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        Enter();
        try
        {
            await CheckpointAsync();
            string line;
            while (!_buffer.TryTakeLine(maxLength, out line))
            {
                var count = await receive(_buffer.Room());
                if (count == 0)
                {
                    return _buffer.TakeLastLine(maxLength);
                }

                _buffer.Added(count);
            }

            return line;
        }
        finally
        {
            Leave();
        }
    }

    internal async ValueTask ReadExactlyAsync(Memory<byte> into)
    {
        Enter();
        var got = 0;
        try
        {
            await CheckpointAsync();
            got = _buffer.Take(into.Span);
            while (got < into.Length)
            {
                var count = await receive(into[got..]);
                got += count > 0 ? count : throw new EndOfStreamException($"The end came after {got} of {into.Length} bytes.");
            }
        }
        catch
        {
            _buffer.Add(into.Span[..got]); // it is empty, or nothing was taken
            throw;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Only what is in the buffer.</summary>
    internal async ValueTask<int> TakeAsync(Memory<byte> into)
    {
        await CheckpointAsync();
        var count = _buffer.Take(into.Span);
        _buffer.Release();
        return count;
    }

    private void Enter()
    {
        CheckFree();
        _isBusy = true;
    }

    private void Leave()
    {
        _isBusy = false;
        _buffer.Release();
    }

    private ValueTask CheckpointAsync()
    {
        var scope = loop.CurrentScope;
        return scope.IsCancelled ? loop.TurnAsync(scope.NewCancellation()) : default;
    }
}
