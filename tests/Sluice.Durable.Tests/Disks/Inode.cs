namespace Sluice.Durable;

/// <summary>A file of a <see cref="SimulatedDisk"/>.</summary>
internal sealed class Inode
{
    private const int Sector = 512;

    private readonly List<Change> _pending = [];
    private List<byte> _durable = [];

    internal required ulong Number { get; init; }

    internal List<byte> Content { get; private set; } = [];

    /// <summary>The descriptor that has the lock.</summary>
    internal object? LockedBy { get; set; }

    internal void Write(byte[] bytes, long offset) => Add(new(offset, bytes));

    internal void SetLength(long length) => Add(new(length, null));

    internal void Sync()
    {
        foreach (var change in _pending)
        {
            change.ApplyTo(_durable, static _ => true);
        }

        _pending.Clear();
    }

    /// <summary>A sync that fails: the system counts what it could not write as written, and goes on showing it.</summary>
    internal void Drop() => _pending.Clear();

    internal void Replace(byte[] content) => (Content, _durable) = ([.. content], [.. content]);

    internal Inode AfterCrash(Loss loss, Random random)
    {
        var content = loss == Loss.None ? Content : [.. _durable];
        if (loss == Loss.Some)
        {
            foreach (var change in _pending.Take(random.Next(_pending.Count + 1)))
            {
                change.ApplyTo(content, _ => random.Next(4) > 0);
            }
        }

        var inode = new Inode { Number = Number };
        inode.Replace([.. content]);
        if (loss == Loss.None)
        {
            inode._durable = [.. _durable]; // the machine runs on, and can lose it still
            inode._pending.AddRange(_pending);
        }

        return inode;
    }

    private void Add(Change change)
    {
        change.ApplyTo(Content, static _ => true);
        _pending.Add(change);
    }

    /// <summary>A write, or, without bytes, a new length. The length is changed at once, the sectors of a write in any order.</summary>
    private sealed record Change(long Offset, byte[]? Bytes)
    {
        internal void ApplyTo(List<byte> content, Predicate<long> isWritten)
        {
            if (Bytes is null)
            {
                Resize(content, (int)Offset);
                return;
            }

            Resize(content, Math.Max(content.Count, (int)Offset + Bytes.Length));
            for (var at = 0; at < Bytes.Length;)
            {
                var end = Math.Min(Bytes.Length, at + (int)(Sector - ((Offset + at) % Sector)));
                var written = isWritten(Offset + at);
                for (; at < end; at++)
                {
                    if (written)
                    {
                        content[(int)Offset + at] = Bytes[at];
                    }
                }
            }
        }

        private static void Resize(List<byte> content, int length)
        {
            if (content.Count > length)
            {
                content.RemoveRange(length, content.Count - length);
            }
            else
            {
                content.AddRange(new byte[length - content.Count]);
            }
        }
    }
}
