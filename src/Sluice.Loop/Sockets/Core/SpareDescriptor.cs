using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>A descriptor that a server keeps so that its error callback has one when the process has no other left: the first use of standard error
/// takes one, and so does the first use of an assembly.</summary>
/// <remarks>Thread safety: belongs to the loop's thread. Other threads may take the descriptor first while it is lent, which only means that
/// the callback finds none.</remarks>
internal sealed class SpareDescriptor : IDisposable
{
    private SafeFileHandle? _handle;
    private int _borrowers;

    internal SpareDescriptor() => Take();

    internal void Lend()
    {
        _borrowers++;
        _handle?.Dispose();
        _handle = null;
    }

    internal void GiveBack()
    {
        if (--_borrowers == 0)
        {
            Take();
        }
    }

    public void Dispose() => _handle?.Dispose();

    private void Take()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // its handles are limited by memory alone
        }

        try
        {
            _handle = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _handle = null; // there is none to keep; the next report tries again
        }
    }
}
