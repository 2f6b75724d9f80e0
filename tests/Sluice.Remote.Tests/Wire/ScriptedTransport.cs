namespace Sluice.Tests;

/// <summary>A transport that receives what the test gives and notes what is sent, and on which thread.</summary>
internal sealed class ScriptedTransport(byte[] script, bool endsAfterScript = true) : Transport
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> _sent = [];
    private int _at;

    internal override string Peer => "the script";

    /// <summary>The number of bytes that a read brings at most.</summary>
    internal int Piece { get; init; } = int.MaxValue;

    /// <summary>The number of bytes that one try may send; more would block.</summary>
    internal int TakesAtOnce { get; init; } = int.MaxValue;

    internal int TriedOn { get; private set; }

    internal int Tries { get; private set; }

    internal int Waits { get; private set; }

    internal byte[] Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent];
            }
        }
    }

    internal override int Receive(Span<byte> buffer)
    {
        if (_at == script.Length && !endsAfterScript)
        {
            _closed.Task.Wait(Wait.Limit);
        }

        var count = Math.Min(Math.Min(Piece, buffer.Length), script.Length - _at);
        script.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    internal override void Send(ReadOnlySpan<byte> bytes)
    {
        Waits++;
        Note(bytes);
    }

    internal override bool TrySend(ReadOnlySpan<byte> bytes, out int sent)
    {
        Tries++;
        TriedOn = Environment.CurrentManagedThreadId;
        sent = Math.Min(bytes.Length, TakesAtOnce);
        Note(bytes[..sent]);
        return sent == bytes.Length;
    }

    internal override void EndSending()
    {
    }

    internal override void EndReceiving() => Close();

    internal override void Close() => _closed.TrySetResult();

    private void Note(ReadOnlySpan<byte> bytes)
    {
        lock (_sent)
        {
            _sent.AddRange(bytes);
        }
    }
}
