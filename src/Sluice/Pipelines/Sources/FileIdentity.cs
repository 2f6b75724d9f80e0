using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Distinguishes open files, independent of their names.</summary>
/// <remarks>.NET does not show inode numbers. On Linux the kernel shows for each descriptor the path that its file has
/// now, with a mark if it was deleted, so two descriptors of one file show the same and a renamed file shows its new
/// name. Elsewhere the time of creation is kept by the file system and serves.</remarks>
internal static class FileIdentity
{
    internal static string Of(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            var link = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}"));
            if (link.LinkTarget is { } target)
            {
                return target;
            }
        }

        return File.GetCreationTimeUtc(file).Ticks.ToString(CultureInfo.InvariantCulture);
    }
}
