using System.Buffers.Binary;
using System.Text;

namespace Sluice.Durable;

/// <summary>A checkpoint as a file: a head, a record for each row, and an end that counts them. The format is in <c>docs/durable.md</c>.</summary>
internal static class CheckpointFile
{
    internal const int Version = 1;
    private const int RowsInBatch = 10_000;
    private const int BytesInBatch = 16 << 20;
    private const int MaxRecord = 1 << 30;

    private static ReadOnlySpan<byte> Magic => "SLUICECP"u8;

    private enum Kind : byte
    {
        Head = 1,
        Node = 2,
        Key = 3,
        Position = 4,
        Staged = 5,
        End = 255,
    }

    internal static async Task WriteAsync(CheckpointReader reader, string job, Stream destination, CancellationToken cancellationToken)
    {
        using var file = new RecordWriter(destination);
        await file.BeginAsync(cancellationToken).ConfigureAwait(false);
        await file.WriteAsync(Kind.Head, to => CheckpointFileRows.WriteHead(to, job, reader.Checkpoint), cancellationToken).ConfigureAwait(false);
        if (await reader.ReadGraphAsync(cancellationToken).ConfigureAwait(false) is { } graph)
        {
            await file.WriteAsync(Kind.Node, to => CheckpointFileRows.Write(to, new NodeState { Node = "", State = graph }), cancellationToken).ConfigureAwait(false);
        }

        await foreach (var row in reader.ReadNodesAsync(cancellationToken).ConfigureAwait(false))
        {
            await file.WriteAsync(Kind.Node, to => CheckpointFileRows.Write(to, row), cancellationToken).ConfigureAwait(false);
        }

        await foreach (var row in reader.ReadKeysAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            await file.WriteAsync(Kind.Key, to => CheckpointFileRows.Write(to, row), cancellationToken).ConfigureAwait(false);
        }

        await foreach (var row in reader.ReadPositionsAsync(cancellationToken).ConfigureAwait(false))
        {
            await file.WriteAsync(Kind.Position, to => CheckpointFileRows.Write(to, row), cancellationToken).ConfigureAwait(false);
        }

        await foreach (var row in reader.ReadStagedAsync(cancellationToken).ConfigureAwait(false))
        {
            await file.WriteAsync(Kind.Staged, to => CheckpointFileRows.Write(to, row), cancellationToken).ConfigureAwait(false);
        }

        await file.WriteAsync(Kind.End, to => to.Write(file.Count), cancellationToken).ConfigureAwait(false);
        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Commits what the file has as the first checkpoint of the session's job, after its last record was read.</summary>
    internal static async Task<CheckpointInfo> ReadAsync(Stream source, JobSession session, CancellationToken cancellationToken)
    {
        var head = await ReadAsync(
            source,
            (info, rows) => session.WriteAsync(info.Id.Number, rows, cancellationToken),
            (info, rows) => session.CommitAsync(new CheckpointCommit { Number = info.Id.Number, Name = info.Name, Time = info.Time, Rows = rows }, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return head.Checkpoint with { Id = session.Committed!.Value };
    }

    /// <summary>Reads the file to its end, and so checks all of it.</summary>
    internal static Task<ExportedCheckpoint> CheckAsync(Stream source, CancellationToken cancellationToken) =>
        ReadAsync(source, static (_, _) => Task.CompletedTask, static (_, _) => Task.CompletedTask, cancellationToken);

    /// <summary>Reads the file in batches of rows; the last one comes when the file has turned out to be whole.</summary>
    private static async Task<ExportedCheckpoint> ReadAsync(Stream source, Func<CheckpointInfo, CheckpointRows, Task> take, Func<CheckpointInfo, CheckpointRows, Task> takeLast, CancellationToken cancellationToken)
    {
        var file = new RecordReader(source);
        await file.BeginAsync(cancellationToken).ConfigureAwait(false);
        ExportedCheckpoint? head = null;
        var batch = new Batch();
        while (true)
        {
            var (kind, from) = await file.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (head is null != (kind == Kind.Head))
            {
                throw Damaged("its head is missing, or comes twice");
            }

            var isWhole = false;
            try
            {
                switch (kind)
                {
                    case Kind.Head:
                        head = CheckpointFileRows.ReadHead(from);
                        break;
                    case Kind.Node:
                        batch.Add(CheckpointFileRows.ReadNode(from));
                        break;
                    case Kind.Key:
                        batch.Add(CheckpointFileRows.ReadKey(from));
                        break;
                    case Kind.Position:
                        batch.Add(CheckpointFileRows.ReadPosition(from));
                        break;
                    case Kind.Staged:
                        batch.Add(CheckpointFileRows.ReadStaged(from));
                        break;
                    case Kind.End:
                        if (from.ReadInt64() != file.Count - 1)
                        {
                            throw Damaged("it lacks records");
                        }

                        isWhole = true;
                        break;
                    default:
                        throw Damaged($"it has a record of the unknown kind {(byte)kind}");
                }
            }
            catch (Exception error) when (error is EndOfStreamException or FormatException or ArgumentException)
            {
                throw Damaged("a record ends too early", error);
            }

            if (isWhole)
            {
                await takeLast(head!.Checkpoint, batch.Take()).ConfigureAwait(false);
                return head;
            }

            if (batch.IsFull)
            {
                await take(head!.Checkpoint, batch.Take()).ConfigureAwait(false);
            }
        }
    }

    private static StoreDamagedException Damaged(string how, Exception? inner = null) =>
        new($"The file of a checkpoint is damaged: {how}. Nothing was imported. Export the checkpoint again, or take another copy of the file.", inner);

    private static uint Sum(Kind kind, ReadOnlySpan<byte> payload)
    {
        var sum = new RowChecksum();
        sum.Add((long)kind);
        sum.Add(payload);
        return sum.Value;
    }

    private sealed class RecordWriter(Stream stream) : IDisposable
    {
        private readonly MemoryStream _payload = new();
        private readonly byte[] _frame = new byte[5];

        internal long Count { get; private set; }

        public void Dispose() => _payload.Dispose();

        internal async Task BeginAsync(CancellationToken cancellationToken)
        {
            var head = new byte[Magic.Length + sizeof(uint)];
            Magic.CopyTo(head);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(Magic.Length), Version);
            await stream.WriteAsync(head, cancellationToken).ConfigureAwait(false);
        }

        internal async Task WriteAsync(Kind kind, Action<BinaryWriter> write, CancellationToken cancellationToken)
        {
            _payload.SetLength(0);
            using (var writer = new BinaryWriter(_payload, Encoding.UTF8, leaveOpen: true))
            {
                write(writer);
            }

            var payload = _payload.GetBuffer().AsMemory(0, (int)_payload.Length);
            BinaryPrimitives.WriteInt32LittleEndian(_frame, payload.Length);
            _frame[4] = (byte)kind;
            await stream.WriteAsync(_frame, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
            BinaryPrimitives.WriteUInt32LittleEndian(_frame, Sum(kind, payload.Span));
            await stream.WriteAsync(_frame.AsMemory(0, sizeof(uint)), cancellationToken).ConfigureAwait(false);
            Count++;
        }
    }

    private sealed class RecordReader(Stream stream)
    {
        private readonly byte[] _frame = new byte[5];

        internal long Count { get; private set; }

        internal async Task BeginAsync(CancellationToken cancellationToken)
        {
            var head = new byte[Magic.Length + sizeof(uint)];
            await FillAsync(head, cancellationToken).ConfigureAwait(false);
            if (!head.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            {
                throw Damaged("it does not begin as such a file does");
            }

            if (BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(Magic.Length)) is var version && version != Version)
            {
                throw version > Version ? new StoreVersionException("The file of a checkpoint", version, Version) : Damaged($"its version is {version}");
            }
        }

        internal async Task<(Kind Kind, BinaryReader From)> ReadAsync(CancellationToken cancellationToken)
        {
            await FillAsync(_frame, cancellationToken).ConfigureAwait(false);
            var (length, kind) = (BinaryPrimitives.ReadInt32LittleEndian(_frame), (Kind)_frame[4]);
            if (length is < 0 or > MaxRecord)
            {
                throw Damaged("a record has an impossible length");
            }

            // Grows with the bytes that are there: a damaged length does not allocate a gigabyte.
            var payload = new MemoryStream();
            var buffer = new byte[Math.Min(length, 1 << 16)];
            for (var left = length; left > 0; left -= buffer.Length)
            {
                buffer = left < buffer.Length ? new byte[left] : buffer;
                await FillAsync(buffer, cancellationToken).ConfigureAwait(false);
                payload.Write(buffer);
            }

            await FillAsync(_frame.AsMemory(0, sizeof(uint)), cancellationToken).ConfigureAwait(false);
            if (BinaryPrimitives.ReadUInt32LittleEndian(_frame) != Sum(kind, payload.GetBuffer().AsSpan(0, length)))
            {
                throw Damaged($"its record {Count + 1} does not have the bytes that were written");
            }

            Count++;
            payload.Position = 0;
            return (kind, new BinaryReader(payload, Encoding.UTF8));
        }

        private async Task FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            if (await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < buffer.Length)
            {
                throw Damaged("it ends too early");
            }
        }
    }

    private sealed class Batch
    {
        private readonly List<NodeState> _nodes = [];
        private readonly List<KeyState> _keys = [];
        private readonly List<SourcePosition> _positions = [];
        private readonly List<StagedOutput> _staged = [];
        private ReadOnlyMemory<byte>? _graph;
        private int _rows;
        private long _bytes;

        internal bool IsFull => _rows >= RowsInBatch || _bytes >= BytesInBatch;

        internal void Add(NodeState row)
        {
            Count(row.State!.Value.Length);
            if (row.Node.Length == 0)
            {
                _graph = row.State;
            }
            else
            {
                _nodes.Add(row);
            }
        }

        internal void Add(KeyState row)
        {
            Count(row.State!.Value.Length);
            _keys.Add(row);
        }

        internal void Add(SourcePosition row)
        {
            Count(row.Position!.Value.Length);
            _positions.Add(row);
        }

        internal void Add(StagedOutput row)
        {
            Count(row.Output.Length);
            _staged.Add(row);
        }

        internal CheckpointRows Take()
        {
            var taken = new CheckpointRows { Graph = _graph, Nodes = [.. _nodes], Keys = [.. _keys], Positions = [.. _positions], Staged = [.. _staged] };
            _graph = null;
            _nodes.Clear();
            _keys.Clear();
            _positions.Clear();
            _staged.Clear();
            (_rows, _bytes) = (0, 0);
            return taken;
        }

        private void Count(int bytes)
        {
            _rows++;
            _bytes += bytes;
        }
    }
}
