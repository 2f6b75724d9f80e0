using System.Diagnostics;
using System.Net.Sockets;

namespace Sluice;

/// <summary>Ends this worker as soon as its parent is gone, also if the parent was killed and whatever the worker's code does meanwhile.</summary>
internal sealed class ParentWatch
{
    private readonly Socket _lifeline;
    private readonly bool _leadsGroup;
    private readonly DiagnosticFiles _files = DiagnosticFiles.Of(Environment.ProcessId, Path.GetTempPath());

    private ParentWatch(Socket lifeline, bool leadsGroup) => (_lifeline, _leadsGroup) = (lifeline, leadsGroup);

    internal static void Start(Socket lifeline, bool leadsGroup) =>
        new Thread(new ParentWatch(lifeline, leadsGroup).Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "Sluice: watches the parent" }.Start();

    private void Run()
    {
        try
        {
            // Nothing is ever sent: it returns when the parent's end is closed, by whomever.
            _ = _lifeline.Receive(new byte[1]);
        }
        catch (SocketException)
        {
            // A reset is an end as well.
        }

        // Environment.Exit would wait for the application's handlers and may never come to an end.
        _files.Remove();
        if (_leadsGroup)
        {
            UnixProcess.KillOwnGroup();
        }

        Process.GetCurrentProcess().Kill();
    }
}
