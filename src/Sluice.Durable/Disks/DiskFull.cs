namespace Sluice.Durable;

/// <summary>The error of a disk, or of a share of it, that has no room left.</summary>
internal static class DiskFull
{
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    internal static bool Is(IOException error) => error.HResult is NoSpace or OverQuota or WindowsDiskFull;

    internal static IOException Error(string path, IOException error) => new(
        $"The disk is full: '{path}' cannot be written. What was committed or acknowledged before is not lost. Make room, and start again. ({error.Message})", error);
}
