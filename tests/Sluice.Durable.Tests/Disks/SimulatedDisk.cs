namespace Sluice.Durable;

/// <summary>A disk in memory that crashes, or fails, at a chosen step, and then has only what a real one might have.</summary>
/// <remarks>Each call that changes something is a step. Content is durable after the file was synced, names after the folder was.</remarks>
internal sealed class SimulatedDisk : Disk
{
    private readonly Dictionary<string, Inode> _names;
    private readonly List<Action<Dictionary<string, Inode>>> _nameChanges = [];
    private readonly HashSet<string> _folders;
    private Dictionary<string, Inode> _durableNames;
    private readonly Lock _gate = new(); // an output is written and made durable at the same time
    private ulong _nextInode;
    private bool _isCrashed;

    internal SimulatedDisk()
        : this([], [], 0)
    {
    }

    private SimulatedDisk(Dictionary<string, Inode> names, HashSet<string> folders, ulong nextInode) =>
        (_names, _durableNames, _folders, _nextInode) = (names, new(names), folders, nextInode);

    /// <summary>The steps so far.</summary>
    internal int Steps { get; private set; }

    /// <summary>The number of the step that crashes, or fails.</summary>
    internal int StopAt { get; set; } = int.MaxValue;

    internal StopKind Stop { get; set; }

    /// <summary>The step that was stopped; null: none yet.</summary>
    internal string? StoppedAt { get; private set; }

    /// <summary>Called before and after each step: what it throws ends the step there.</summary>
    internal Action<string> OnStep { get; init; } = static _ => { };

    /// <summary>The name of a network file system to be on; null: a local one.</summary>
    internal string? NetworkName { get; set; }

    internal override DiskFile OpenToRead(string path) => new SimulatedFile(this, path, Find(path));

    internal override DiskFile OpenToWrite(string path) => new SimulatedFile(this, path, Find(path));

    internal override DiskFile Create(string path)
    {
        RequireRunning();
        if (_names.ContainsKey(path))
        {
            throw new IOException($"The file '{path}' already exists.");
        }

        var inode = new Inode { Number = ++_nextInode };
        Do($"create {path}", () => ChangeNames(names => names[path] = inode));
        return new SimulatedFile(this, path, inode);
    }

    internal override DiskFile? TryOpenLocked(string path)
    {
        var file = (SimulatedFile)(FileExists(path) ? OpenToWrite(path) : Create(path));
        return file.TryLock() ? file : null;
    }

    internal override bool FileExists(string path)
    {
        using var _ = _gate.EnterScope();
        RequireRunning();
        return _names.ContainsKey(path);
    }

    internal override bool FolderExists(string path) => _folders.Contains(path);

    internal override void CreateFolder(string path) => _folders.Add(path);

    internal override IEnumerable<string> FilesIn(string folder)
    {
        using var _ = _gate.EnterScope();
        RequireRunning();
        return [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == folder).Select(path => Path.GetFileName(path))];
    }

    internal override void Rename(string from, string to)
    {
        var inode = Find(from);
        Do($"rename {from} to {to}", () => ChangeNames(names =>
        {
            names.Remove(from);
            names[to] = inode;
        }));
    }

    internal override void Delete(string path)
    {
        if (FileExists(path))
        {
            Do($"delete {path}", () => ChangeNames(names => names.Remove(path)));
        }
    }

    internal override void SyncFolder(string folder) => Do($"sync {folder}", () =>
    {
        _durableNames = new(_names);
        _nameChanges.Clear();
    });

    internal override string? NetworkFileSystemOf(string folder) => NetworkName;

    /// <summary>The file's content as programs see it.</summary>
    internal byte[] ContentOf(string path) => [.. _names[path].Content];

    internal void Overwrite(string path, byte[] content) => _names[path].Replace(content);

    /// <summary>Does something that counts as a step.</summary>
    internal void Do(string what, Action change, Action? half = null, Action? failed = null)
    {
        using var _ = _gate.EnterScope();
        RequireRunning();
        if (Steps++ != StopAt)
        {
            OnStep($"before {what}");
            change();
            OnStep($"after {what}");
            return;
        }

        StoppedAt = $"{Stop} {what}";
        switch (Stop)
        {
            case StopKind.Fail:
                (failed ?? half)?.Invoke();
                throw new IOException($"Step {Steps - 1} fails: {what}");
            case StopKind.CrashWithin:
                half?.Invoke();
                break;
            case StopKind.CrashAfter:
                change();
                break;
            case StopKind.CrashBefore:
                break;
            default:
                throw new InvalidOperationException($"{Stop}");
        }

        _isCrashed = true;
        throw new CrashException(StoppedAt);
    }

    /// <summary>The disk as the next process finds it.</summary>
    internal SimulatedDisk AfterCrash(Loss loss, int seed = 0, Action<string>? onStep = null)
    {
        var random = Tests.Seed.Drawn(seed);
        var names = loss switch
        {
            Loss.None => _names,
            Loss.All => _durableNames,
            _ => SomeNames(random),
        };
        var inodes = names.Values.Distinct().ToDictionary(static inode => inode, inode => inode.AfterCrash(loss, random));
        return new(names.ToDictionary(static pair => pair.Key, pair => inodes[pair.Value]), _folders, _nextInode) { OnStep = onStep ?? (static _ => { }) };
    }

    internal void RequireRunning()
    {
        if (_isCrashed)
        {
            throw new CrashException("after the crash");
        }
    }

    /// <summary>Names are changed in order, so a crash keeps the first changes.</summary>
    private Dictionary<string, Inode> SomeNames(Random random)
    {
        var names = new Dictionary<string, Inode>(_durableNames);
        foreach (var change in _nameChanges.Take(random.Next(_nameChanges.Count + 1)))
        {
            change(names);
        }

        return names;
    }

    private void ChangeNames(Action<Dictionary<string, Inode>> change)
    {
        change(_names);
        _nameChanges.Add(change);
    }

    private Inode Find(string path)
    {
        using var _ = _gate.EnterScope();
        RequireRunning();
        return _names.TryGetValue(path, out var inode) ? inode : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }
}

/// <summary>How a step of a <see cref="SimulatedDisk"/> is stopped.</summary>
internal enum StopKind
{
    CrashBefore,
    CrashWithin,
    CrashAfter,

    /// <summary>It fails, and what it should have made durable is dropped: later ones succeed.</summary>
    Fail,
}

/// <summary>What a crash leaves of changes that were not synced.</summary>
internal enum Loss
{
    /// <summary>All: the process was killed.</summary>
    None,

    /// <summary>Some of them.</summary>
    Some,

    /// <summary>Nothing.</summary>
    All,
}

/// <summary>The process has crashed here.</summary>
internal sealed class CrashException(string step) : Exception(step);
