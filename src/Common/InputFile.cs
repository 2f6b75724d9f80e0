using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Opens what sources read by its path: a file, but also a named pipe, a terminal, <c>/dev/stdin</c>.</summary>
internal static class InputFile
{
    /// <summary>Opens a file as a stream. One that cannot seek may be live: send on what has been read of it before reading on.</summary>
    /// <param name="path">The path.</param>
    /// <param name="cancellation">Ends the wait for an opening, and, if the stream cannot seek, for a read.</param>
    /// <param name="bufferSize">How many bytes are read at once of a stream that can seek; 0: as many as are asked for.</param>
    /// <exception cref="IOException">Awaited, also as a derived type: it cannot be opened.</exception>
    internal static async ValueTask<Stream> OpenAsync(string path, CancellationToken cancellation, int bufferSize = 0) =>
        StreamOf(await OpenHandleAsync(path, cancellation).ConfigureAwait(false), bufferSize);

    /// <inheritdoc cref="OpenAsync"/>
    internal static ValueTask<SafeFileHandle> OpenHandleAsync(string path, CancellationToken cancellation) =>
        MayWait(path) ? new(OpenBesideAsync(path, cancellation)) : new(Open(path));

    /// <summary>A stream that owns the handle.</summary>
    internal static Stream StreamOf(SafeFileHandle handle, int bufferSize = 0)
    {
        var file = new FileStream(handle, FileAccess.Read, bufferSize, isAsync: true);
        return file.CanSeek ? file : new InputPipe(file);
    }

    /// <summary>Opens at once what is known to be no pipe.</summary>
    internal static SafeFileHandle Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a directory, not a file.");
        }

        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
    }

    /// <summary>Returns whether opening may wait. A named pipe is opened when its other side is; .NET does not say what is a pipe, but a file
    /// with a length is none.</summary>
    private static bool MayWait(string path)
    {
        var file = new FileInfo(path);
        return !OperatingSystem.IsWindows() && file.Exists && (file.Attributes.HasFlag(FileAttributes.ReparsePoint) || file.Length == 0);
    }

    /// <summary>Opens on another thread. The system cannot call off an opening: one that is no longer waited for goes on, and what it opens is closed.</summary>
    private static async Task<SafeFileHandle> OpenBesideAsync(string path, CancellationToken cancellation)
    {
        var opening = Task.Run(() => Open(path), CancellationToken.None);
        try
        {
            return await opening.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _ = opening.ContinueWith(static late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }
}
