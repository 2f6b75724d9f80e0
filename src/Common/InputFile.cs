using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Opens the files that sources read.</summary>
internal static class InputFile
{
    /// <exception cref="IOException">Thrown, also as a derived type: it cannot be opened.</exception>
    internal static SafeFileHandle Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a directory, not a file.");
        }

        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
    }
}
