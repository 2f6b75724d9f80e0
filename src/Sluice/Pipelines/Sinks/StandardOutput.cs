using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Standard output as a stream that reports when its reader has gone.</summary>
/// <remarks>.NET's own console stream ignores that, and so would never end a pipeline behind <c>| head -1</c>. It stays in
/// use where there is no pipe: at a terminal and for a file, where its position is shared with other writers.</remarks>
internal static class StandardOutput
{
    private const int BrokenPipe = 32; // EPIPE, the same number on Linux, macOS and the BSDs

    internal static Stream Open()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!stream.CanSeek)
            {
                return stream;
            }
        }

        return Console.OpenStandardOutput();
    }

    internal static bool ReaderHasGone(IOException error) => error.HResult == BrokenPipe;
}
