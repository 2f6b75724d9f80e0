using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>Ctrl+C and SIGTERM cancel the main task. Once: the second one does what it does without a loop.</summary>
internal sealed class LoopSignals : IDisposable
{
    private readonly EventLoop _loop;
    private readonly PosixSignalRegistration[] _registrations;
    private int _seen;

    internal LoopSignals(EventLoop loop)
    {
        _loop = loop;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    /// <summary>On a thread of the pool.</summary>
    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _seen, 1) == 0)
        {
            context.Cancel = true;
            _loop.CancelMain();
        }
    }
}
