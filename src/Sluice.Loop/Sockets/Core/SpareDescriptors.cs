using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>Descriptors that a server keeps so that its error callback has some when the process has no others left. The first use of standard
/// error takes one, and so does each assembly that the callback's first call loads, for good.</summary>
/// <remarks>Thread safety: belongs to the loop's thread. Other threads may take the descriptors first while they are lent, which only means that
/// the callback finds none.</remarks>
internal sealed class SpareDescriptors : IDisposable
{
    /// <summary>A first line on standard error loads about half as many assemblies.</summary>
    private const int Count = 16;

    private readonly Stack<SafeFileHandle> _kept = new(Count);
    private int _borrowers;

    internal SpareDescriptors() => Fill();

    /// <summary>Frees them, if no other descriptor is left.</summary>
    internal void Lend()
    {
        _borrowers++;
        if (TryOpen() is { } other)
        {
            other.Dispose();
            return;
        }

        Release();
    }

    internal void GiveBack()
    {
        if (--_borrowers == 0)
        {
            Fill();
        }
    }

    public void Dispose() => Release();

    private static SafeFileHandle? TryOpen()
    {
        try
        {
            return File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // there is none, which is the question
        }
    }

    /// <summary>On Windows with nothing: its handles are limited by memory alone.</summary>
    private void Fill()
    {
        while (!OperatingSystem.IsWindows() && _kept.Count < Count && TryOpen() is { } spare)
        {
            _kept.Push(spare);
        }
    }

    private void Release()
    {
        while (_kept.TryPop(out var spare))
        {
            spare.Dispose();
        }
    }
}
