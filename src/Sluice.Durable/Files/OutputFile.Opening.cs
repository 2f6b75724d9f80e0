namespace Sluice.Durable;

/// <content>The beginnings: a new output, and one as it was at a checkpoint.</content>
public sealed partial class OutputFile
{
    internal static OutputFile Open(Disk disk, string path, OutputFileOptions options)
    {
        var names = NamesOf(disk, path);
        return Opened(new(disk, names, options, SideFile.Lock(disk, names)), static (output, _) => output.Begin(), 0);
    }

    internal static OutputFile Restore(Disk disk, string path, ReadOnlySpan<byte> bytes, OutputFileOptions options)
    {
        var state = OutputState.FromBytes(bytes);
        var names = NamesOf(disk, path);
        RequireSame(options, state, names);
        var side = options.TakeOver ? SideFile.TryLock(disk, names) : SideFile.Lock(disk, names);
        var takesOver = side is null;
        return Opened(new(disk, names, options, side ?? SideFile.TakeOver(disk, names)), static (output, context) => output.GoBackTo(context.state, context.takesOver), (state, takesOver));
    }

    private static OutputFile Opened<TContext>(OutputFile output, Action<OutputFile, TContext> begin, TContext context)
    {
        try
        {
            begin(output, context);
            return output;
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    private static OutputNames NamesOf(Disk disk, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var names = new OutputNames(path);
        if (!disk.FolderExists(names.Folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{names.Folder}' for the output '{names.FullPath}'. Make the folder, or mount what it is on, and start again.");
        }

        disk.RefuseNetwork(names.Folder, $"The output '{names.FullPath}'");
        return names;
    }

    private static void RequireSame(OutputFileOptions options, OutputState state, OutputNames names)
    {
        if (options.Commit != state.Commit)
        {
            throw new ArgumentException($"The output '{names.FullPath}' was written with Commit = {state.Commit}, and now says {options.Commit}. Take the setting back, or another path.", nameof(options));
        }

        if (state.Commit == OutputCommit.Truncate && options.Rotates != state.Part > 0)
        {
            throw new ArgumentException(
                $"The output '{names.FullPath}' was written {(state.Part > 0 ? "in parts with numbers (MaxPartSize or MaxPartAge), and now has no limit" : "as one file, and now has a limit (MaxPartSize or MaxPartAge)")}. Take the setting back, or another path.", nameof(options));
        }
    }

    /// <summary>Begins with what is there.</summary>
    private void Begin()
    {
        DeleteHidden([]);
        if (_options.Commit == OutputCommit.Rename)
        {
            AcceptExisting(_names.IsPublished);
            return;
        }

        var rotates = _options.Rotates;
        AcceptExisting(name => _names.PartNumberOf(name) is { } number && rotates == number > 0);
        _partNumber = rotates ? 1 + HighestFilledPart() : 0;
        var name = _names.OfPart(_partNumber);
        if (rotates)
        {
            DeleteParts(from: _partNumber); // empty ones, of a run that crashed
        }

        if (!_disk.FileExists(_names.PathOf(name)))
        {
            _part = NewPart(name);
            return;
        }

        var file = _disk.OpenToWrite(_names.PathOf(name));
        _hasNewNames = true; // an empty one may be of a run that crashed
        _part = new(name, file, file.Length, file.Length > 0 ? _options.TimeProvider.GetUtcNow() : DateTimeOffset.MinValue);
    }

    private void AcceptExisting(Predicate<string> isOurs)
    {
        foreach (var name in _disk.FilesIn(_names.Folder).Where(name => isOurs(name) && LengthOf(name) > 0).ToList())
        {
            switch (_options.Existing)
            {
                case ExistingOutput.Append:
                    break;
                case ExistingOutput.Replace:
                    _disk.Delete(_names.PathOf(name));
                    _hasNewNames = true;
                    break;
                case ExistingOutput.Refuse:
                    throw new IOException($"There is a file '{_names.PathOf(name)}' already. Move it away, or say by OutputFileOptions.Existing that it is kept or replaced.");
                default:
                    throw new InvalidOperationException($"'{_options.Existing}' is not a value of OutputFileOptions.Existing.");
            }
        }
    }

    private long LengthOf(string name)
    {
        using var file = _disk.OpenToRead(_names.PathOf(name));
        return file.Length;
    }

    private long HighestFilledPart() =>
        _disk.FilesIn(_names.Folder).Where(name => _names.PartNumberOf(name) > 0 && LengthOf(name) > 0).Select(name => _names.PartNumberOf(name)!.Value).DefaultIfEmpty(0).Max();

    private void GoBackTo(OutputState state, bool takesOver)
    {
        (_lastCut, _lastPrepared) = (state.Checkpoint, state.Checkpoint);
        var replaced = state.Commit == OutputCommit.Truncate ? GoBackToAppended(state, takesOver) : GoBackToHidden(state);
        Publish(SlotOf(state, replaced) with { Identity = _part?.File.Identity ?? default });
        _status = OutputStatus.Writing;
    }

    /// <summary>Cuts off what the checkpoint does not have. A part that is longer is cut, one that is shorter is an error: the file would be filled
    /// with zeros.</summary>
    /// <returns>The file that the checkpoint names, if the part was copied from it; else default.</returns>
    private FileIdentity GoBackToAppended(OutputState state, bool takesOver)
    {
        var part = state.Parts[0];
        _partNumber = state.Part;
        var path = _names.PathOf(part.Name);
        if (!_disk.FileExists(path))
        {
            throw new OutputFileChangedException(path, $"There is no '{path}', which is committed.");
        }

        var copied = _side.Newest is { } side && side.Replaced != default && side.Replaced.IsSameFile(part.Identity) ? side.Identity : default;
        var file = _disk.OpenToWrite(path);
        try
        {
            part.Check(file, copied);
            if (takesOver)
            {
                var copy = Copy(file, state);
                file.Dispose();
                file = copy;
            }
            else if (file.Length > part.Length)
            {
                file.SetLength(part.Length);
                file.Sync();
            }

            if (_partNumber > 0)
            {
                DeleteParts(from: _partNumber + 1);
            }

            _part = new(part.Name, file, part.Length, state.Begun);
            return file.Identity.IsSameFile(part.Identity) ? default : part.Identity;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Puts a copy of the committed bytes in the place of a file that another process may still write to.</summary>
    private DiskFile Copy(DiskFile file, OutputState state)
    {
        var part = state.Parts[0];
        var path = _names.PathOf(_names.OfCopy);
        _disk.Delete(path);
        var copy = _disk.Create(path);
        try
        {
            var buffer = new byte[(int)Math.Min(1 << 20, Math.Max(1, part.Length))];
            for (long at = 0; at < part.Length;)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, part.Length - at));
                if (file.ReadAll(piece, at) < piece.Length)
                {
                    throw new OutputFileChangedException(file.Path, $"'{file.Path}' became shorter than the {part.Length} bytes that were committed while it was copied.");
                }

                copy.Write(piece, at);
                at += piece.Length;
            }

            copy.Sync();
            // Before the name: a crash in between leaves the old file, which the checkpoint names, and one behind it the copy, which the side file names.
            _side.Write(SlotOf(state, part.Identity) with { Identity = copy.Identity });
            _disk.Rename(path, _names.PathOf(part.Name));
            _disk.SyncFolder(_names.Folder);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private void DeleteParts(long from)
    {
        foreach (var name in _disk.FilesIn(_names.Folder).Where(name => _names.PartNumberOf(name) >= from).ToList())
        {
            _disk.Delete(_names.PathOf(name));
            _hasNewNames = true;
        }
    }

    private FileIdentity GoBackToHidden(OutputState state)
    {
        _pending.AddRange(state.Parts.Select(part => (state.Checkpoint, part)));
        DeleteHidden([.. state.Parts.Select(static part => part.Name)]);
        return default;
    }

    private void DeleteHidden(HashSet<string> but)
    {
        foreach (var name in _disk.FilesIn(_names.Folder).Where(name => _names.IsHidden(name) && !but.Contains(name)).ToList())
        {
            _disk.Delete(_names.PathOf(name));
            _hasNewNames = true;
        }
    }
}
