using System.Diagnostics;

namespace Sluice.Durable;

/// <summary>A file, or a row of files, that holds each byte exactly once, however often the process or the machine crashes.</summary>
/// <remarks><para>It takes part in checkpoints. <see cref="Cut"/> says which bytes belong to checkpoint n, <see cref="Prepare"/> makes these durable and gives the state that belongs into checkpoint n;
/// when the checkpoint is committed, <see cref="Publish(long)"/> shows them. After a crash <see cref="Restore(string, ReadOnlySpan{byte}, OutputFileOptions)"/> goes back to the state of the newest
/// checkpoint: bytes that came later are cut off or deleted, and come again.</para>
/// <para>A write or an fsync that fails fails the output: nothing is tried again, and restoring it goes back to what is committed.</para>
/// <para>It takes 64-bit Linux and a local file system. Beside the file is one that ends with <c>.sluice</c>, which is locked while the output is open.</para>
/// <para>Thread safety: one thread may append and cut, and another one at the same time prepare and publish what was cut. All members that write block.</para></remarks>
public sealed partial class OutputFile : IDisposable
{
    private readonly Disk _disk;
    private readonly OutputNames _names;
    private readonly OutputFileOptions _options;
    private readonly SideFile _side;
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];
    private readonly Lock _gate = new(); // guards all fields below; not held during an fsync of a checkpoint, so that appends go on
    private readonly List<OutputCut> _cuts = []; // not prepared yet, by number
    private readonly List<PartState> _closed = []; // hidden parts that no checkpoint has yet
    private readonly List<(long Checkpoint, PartState Part)> _pending = []; // hidden parts of checkpoints that are not committed yet
    private readonly List<SideSlot> _prepared = []; // by number
    private PartWriter? _part; // null: the next append makes a hidden one
    private long _partNumber;
    private int _hiddenParts;
    private bool _hasNewNames;
    private long _lastCut = -1;
    private long _lastPrepared = -1;
    private long _published = -1;
    private OutputStatus _status = OutputStatus.Opened;

    private OutputFile(Disk disk, OutputNames names, OutputFileOptions options, SideFile side) => (_disk, _names, _options, _side) = (disk, names, options, side);

    /// <summary>The states of an output; <c>docs/output-files.md</c> has what leads from one to another.</summary>
    private enum OutputStatus
    {
        Opened,
        Writing,
        Failed,
        Closed,
    }

    /// <summary>How many bytes the part that is appended to has, in bytes: what is buffered counts.</summary>
    public long PartLength => _part?.Length ?? 0;

    /// <summary>Opens an output that no checkpoint has yet. Before the first append its state belongs into checkpoint 0: <see cref="Prepare"/> gives it.</summary>
    /// <param name="path">The file; its folder must be there. Where there are several, their names are made from it.</param>
    /// <param name="options">How it is written; null for the defaults.</param>
    /// <returns>The output.</returns>
    /// <exception cref="DirectoryNotFoundException">Thrown: the folder is not there.</exception>
    /// <exception cref="FileInUseException">Thrown: another process writes this output; it names the process.</exception>
    /// <exception cref="IOException">Thrown: there is a file that is not empty, and <see cref="ExistingOutput.Refuse"/> was asked for.</exception>
    /// <exception cref="NotSupportedException">Thrown: the folder is on a network file system.</exception>
    /// <exception cref="PlatformNotSupportedException">Thrown: this is not 64-bit Linux.</exception>
    public static OutputFile Open(string path, OutputFileOptions? options = null) => Open(Disk.Local, path, options ?? new());

    /// <summary>Opens an output as it was at a committed checkpoint. What came later is cut off or deleted; what is committed is published.</summary>
    /// <param name="path">The file, as it was opened before.</param>
    /// <param name="state">The bytes that <see cref="Prepare"/> gave for the newest committed checkpoint.</param>
    /// <param name="options">How it is written; <see cref="OutputFileOptions.Commit"/>, and whether parts have numbers, must be as before.</param>
    /// <returns>The output, behind its last committed byte.</returns>
    /// <exception cref="OutputFileChangedException">Thrown: a committed file is gone, shorter, or another one. It is never made longer.</exception>
    /// <exception cref="FileInUseException">Thrown: another process writes this output, and it is not to be taken over; it names the process.</exception>
    /// <exception cref="FormatException">Thrown: the bytes are no state of an output.</exception>
    /// <exception cref="ArgumentException">Thrown: the options differ from those before.</exception>
    /// <inheritdoc cref="Open(string, OutputFileOptions)" path="/exception[position() &lt; 2 or position() &gt; 3]"/>
    public static OutputFile Restore(string path, ReadOnlySpan<byte> state, OutputFileOptions? options = null) => Restore(Disk.Local, path, state, options ?? new());

    /// <summary>Appends bytes. They are in one part, and durable after <see cref="Prepare"/>.</summary>
    /// <param name="bytes">The bytes of one record, such as a line with its end.</param>
    /// <exception cref="IOException">Thrown: they could not be written; the output has failed.</exception>
    /// <exception cref="InvalidOperationException">Thrown: it has failed before, or no checkpoint was prepared yet.</exception>
    /// <exception cref="ObjectDisposedException">Thrown: it is closed.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            RequireWriting();
            var before = FailUntilDone();
            var now = _options.TimeProvider.GetUtcNow();
            if (_part is { Length: > 0 } full && (full.Length + bytes.Length > _options.MaxPartSize || now - full.Begun >= _options.MaxPartAge))
            {
                EndPart(full);
            }

            _part ??= NewHiddenPart();
            _part.Append(bytes, now);
            _status = before;
        }
    }

    /// <summary>Ends what belongs to a checkpoint: bytes that are appended from now on do not. It writes the buffer, and waits for no disk. A checkpoint that is cut and never prepared is part of the next one.</summary>
    /// <param name="checkpoint">The checkpoint's number, which is larger than those before.</param>
    /// <exception cref="IOException">Thrown: they could not be written; the output has failed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the number is not larger.</exception>
    /// <exception cref="InvalidOperationException">Thrown: it has failed before.</exception>
    /// <exception cref="ObjectDisposedException">Thrown: it is closed.</exception>
    public void Cut(long checkpoint)
    {
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(checkpoint, _lastCut);
            RequireUsable();
            var before = FailUntilDone();
            _part?.Flush();
            var cut = _options.Commit == OutputCommit.Truncate ? CutAppended(checkpoint) : CutHidden(checkpoint);
            _cuts.Add(cut);
            _hasNewNames = false; // the cut has them
            _lastCut = checkpoint;
            _status = before;
        }
    }

    /// <summary>Makes all bytes of a checkpoint durable, and names too. Several checkpoints may be prepared before one is committed.</summary>
    /// <param name="checkpoint">The checkpoint's number, which is larger than those before. If it was not cut, it is cut now.</param>
    /// <returns>The state, for the checkpoint.</returns>
    /// <exception cref="IOException">Thrown: that failed, and so has the output.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the number is not larger.</exception>
    /// <exception cref="ArgumentException">Thrown: another checkpoint was cut since, and this one was not.</exception>
    /// <exception cref="InvalidOperationException">Thrown: it has failed before.</exception>
    /// <exception cref="ObjectDisposedException">Thrown: it is closed.</exception>
    public byte[] Prepare(long checkpoint)
    {
        var cuts = CutsUpTo(checkpoint);
        try
        {
            cuts.ForEach(static cut => cut.Parts.ForEach(static part => part.Sync()));
            if (cuts.Exists(static cut => cut.HasNewNames))
            {
                _disk.SyncFolder(_names.Folder);
            }
        }
        catch
        {
            Fail();
            throw;
        }

        lock (_gate)
        {
            RequireUsable(); // an append may have failed at the same time
            cuts.ForEach(static cut => cut.Ended?.Dispose());
            _cuts.RemoveAll(cuts.Contains);
            _prepared.Add(SlotOf(cuts[^1].State, replaced: default));
            _lastPrepared = checkpoint;
            _status = OutputStatus.Writing;
            return cuts[^1].State.ToBytes();
        }
    }

    /// <summary>Shows what a checkpoint has, after that was committed. It may be called again, and for each checkpoint or for the newest one only.</summary>
    /// <param name="checkpoint">The number of a checkpoint that was prepared, or published before.</param>
    /// <exception cref="IOException">Thrown: that failed. <see cref="Restore(string, ReadOnlySpan{byte}, OutputFileOptions)"/> does it again.</exception>
    /// <exception cref="ArgumentException">Thrown: no checkpoint of that number was prepared.</exception>
    /// <exception cref="InvalidOperationException">Thrown: publishing has failed before.</exception>
    /// <exception cref="ObjectDisposedException">Thrown: it is closed.</exception>
    public void Publish(long checkpoint)
    {
        SideSlot slot;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_status == OutputStatus.Closed, this);
            if (checkpoint <= _published)
            {
                return;
            }

            slot = _prepared.Find(slot => slot.Checkpoint == checkpoint) ?? throw new ArgumentException($"Checkpoint {checkpoint} was not prepared.", nameof(checkpoint));
        }

        Publish(slot);
    }

    /// <summary>Closes the files and writes nothing: bytes that no checkpoint has prepared are given up. To end a job, commit a last checkpoint
    /// before.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_status == OutputStatus.Closed)
            {
                return;
            }

            _status = OutputStatus.Closed;
            _part?.Dispose();
            _cuts.ForEach(static cut => cut.Ended?.Dispose());
            _side.Dispose(); // the lock is free when nothing is written any more
        }
    }

    private static SideSlot SlotOf(OutputState state, FileIdentity replaced)
    {
        var part = state.Commit == OutputCommit.Truncate ? state.Parts[0] : null;
        return new(0, state.Commit, state.Checkpoint, state.Part, part?.Length ?? 0, part?.Identity ?? default, replaced, part?.Name ?? "");
    }

    private OutputCut CutAppended(long checkpoint) =>
        new(new(OutputCommit.Truncate, checkpoint, _partNumber, _part!.Begun, [_part.State("")]), [_part], null, _hasNewNames);

    private OutputCut CutHidden(long checkpoint)
    {
        var ended = _part;
        if (ended is not null)
        {
            _closed.Add(ended.State(""));
            _part = null;
        }

        for (var i = 0; i < _closed.Count; i++)
        {
            _pending.Add((checkpoint, _closed[i] with { PublishedName = _names.OfPublished(checkpoint, i + 1) }));
        }

        _closed.Clear();
        var state = new OutputState(OutputCommit.Rename, checkpoint, 0, DateTimeOffset.MinValue, [.. _pending.Select(static pending => pending.Part)]);
        return new(state, ended is null ? [] : [ended], ended, _hasNewNames);
    }

    /// <summary>What is to be made durable for a checkpoint.</summary>
    private List<OutputCut> CutsUpTo(long checkpoint)
    {
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(checkpoint, _lastPrepared);
            RequireUsable();
            if (checkpoint > _lastCut)
            {
                Cut(checkpoint);
            }

            var cuts = _cuts.FindAll(cut => cut.State.Checkpoint <= checkpoint);
            return cuts is [.., { State.Checkpoint: var last }] && last == checkpoint ? cuts : throw new ArgumentException($"Checkpoint {checkpoint} was not cut.", nameof(checkpoint));
        }
    }

    private void Fail()
    {
        lock (_gate)
        {
            _status = _status == OutputStatus.Closed ? OutputStatus.Closed : OutputStatus.Failed;
        }
    }

    private void Publish(SideSlot slot)
    {
        List<(long Checkpoint, PartState Part)> shown;
        lock (_gate)
        {
            shown = _pending.FindAll(pending => pending.Checkpoint <= slot.Checkpoint);
        }

        if (shown.Count > 0)
        {
            _side.RequireOwner(_disk, _names);
            shown.ForEach(pending => Show(pending.Part));
            _disk.SyncFolder(_names.Folder);
        }

        _side.Write(slot);
        lock (_gate)
        {
            _pending.RemoveAll(shown.Contains);
            _prepared.RemoveAll(prepared => prepared.Checkpoint <= slot.Checkpoint);
            _published = slot.Checkpoint;
        }
    }

    /// <summary>Gives a part its name, unless it has it already.</summary>
    private void Show(PartState part)
    {
        var (hidden, shown) = (_names.PathOf(part.Name), _names.PathOf(part.PublishedName));
        if (!_disk.FileExists(hidden))
        {
            Check(part, shown);
            return;
        }

        if (_disk.FileExists(shown))
        {
            throw new IOException($"There is a file '{shown}' already, which is not of this output. Move it away, and start again: the part of that name is committed.");
        }

        Check(part, hidden);
        _disk.Rename(hidden, shown);
    }

    private void Check(PartState part, string path)
    {
        if (!_disk.FileExists(path))
        {
            throw new OutputFileChangedException(path, $"There is no '{path}', which is committed.");
        }

        using var file = _disk.OpenToRead(path);
        part.Check(file, copy: default);
    }

    /// <summary>Makes a full part durable and begins another one.</summary>
    private void EndPart(PartWriter part)
    {
        part.Flush();
        part.Sync();
        if (_options.Commit == OutputCommit.Rename)
        {
            _closed.Add(part.State(""));
        }

        part.Dispose();
        _part = null;
        if (_options.Commit == OutputCommit.Truncate)
        {
            _partNumber++;
            _part = NewPart(_names.OfPart(_partNumber));
        }
    }

    private PartWriter NewHiddenPart() => NewPart(_names.OfHidden(_run, ++_hiddenParts));

    private PartWriter NewPart(string name)
    {
        _side.RequireOwner(_disk, _names);
        _hasNewNames = true;
        return new(name, _disk.Create(_names.PathOf(name)), 0, DateTimeOffset.MinValue);
    }

    private void RequireWriting()
    {
        RequireUsable();
        if (_status == OutputStatus.Opened)
        {
            throw new InvalidOperationException($"Nothing can be appended to '{_names.FullPath}' before its state is in a checkpoint: prepare checkpoint 0, and commit it.");
        }
    }

    private void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_status == OutputStatus.Closed, this);
        if (_status == OutputStatus.Failed)
        {
            throw new InvalidOperationException($"The output '{_names.FullPath}' has failed, and what it wrote since the last checkpoint is not known to be on the disk. Restore it from its committed state.");
        }
    }

    /// <summary>Begins a call that fails the output unless it gets to its end: what a failed write or fsync leaves is not known.</summary>
    private OutputStatus FailUntilDone()
    {
        var before = _status;
        Debug.Assert(before is OutputStatus.Opened or OutputStatus.Writing);
        _status = OutputStatus.Failed;
        return before;
    }
}
