using System.Diagnostics;
using System.Globalization;

namespace Sluice.Contracts;

/// <summary>A file system in memory with little room. It takes root on Linux.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    /// <summary>Makes and mounts it.</summary>
    /// <param name="path">A folder that does not exist yet.</param>
    /// <param name="mebibytes">Its size.</param>
    public SmallDisk(string path, int mebibytes)
    {
        Path = Directory.CreateDirectory(path).FullName;
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={mebibytes}m,mode=0777"), "tmpfs", Path);
        _filler = System.IO.Path.Combine(Path, "filler");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Takes all room that is left, until the result is disposed.</summary>
    /// <returns>The end of it.</returns>
    public IAsyncDisposable Fill()
    {
        using (var file = File.Create(_filler, bufferSize: 0))
        {
            var block = new byte[4096];
            try
            {
                while (true)
                {
                    file.Write(block);
                }
            }
            catch (IOException)
            {
                // It is full, as it shall be.
            }
        }

        return new Filler(_filler);
    }

    /// <summary>Takes it away with everything on it.</summary>
    public void Dispose()
    {
        Run("umount", "--lazy", Path);
        Directory.Delete(Path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"A full disk is tested on a small file system in memory, and '{program} {string.Join(' ', arguments)}' failed: {error.Trim()}. Run the tests as root, or in a container that may mount.");
        }
    }

    private sealed class Filler(string path) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            File.Delete(path);
            return ValueTask.CompletedTask;
        }
    }
}
