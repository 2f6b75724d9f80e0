using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>Ends this worker as soon as its parent is gone, also if the parent was killed and if the worker's code blocks.</summary>
internal sealed class ParentWatch
{
    private readonly Socket _lifeline;
    private readonly WorkerInvitation _invitation;
    private readonly bool _leadsGroup;

    // A stopped group whose parent dies gets SIGHUP from the system. It would end this process before its group is killed.
    private readonly PosixSignalRegistration? _hangUps;
    private readonly DiagnosticFiles _files = DiagnosticFiles.Of(Environment.ProcessId, Path.GetTempPath());

    private ParentWatch(WorkerInvitation invitation, Socket lifeline, bool leadsGroup)
    {
        (_invitation, _lifeline, _leadsGroup) = (invitation, lifeline, leadsGroup);
        _hangUps = leadsGroup ? PosixSignalRegistration.Create(PosixSignal.SIGHUP, static context => context.Cancel = true) : null;
    }

    internal static void Start(WorkerInvitation invitation, Socket lifeline, bool leadsGroup)
    {
        if (OperatingSystem.IsLinux())
        {
            // A stopped process could not end itself.
            UnixProcess.ContinueAtEndOf((int)lifeline.Handle);
        }

        new Thread(new ParentWatch(invitation, lifeline, leadsGroup).Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "Sluice: watches the parent" }.Start();
    }

    private void Run()
    {
        try
        {
            // Nothing is ever sent: it returns when the parent's end is closed by any process.
            _ = _lifeline.Receive(new byte[1]);
        }
        catch (SocketException)
        {
            // A reset is an end as well.
        }

        // Environment.Exit would wait for the application's handlers and may never come to an end.
        RemoveFiles();
        if (_leadsGroup)
        {
            UnixProcess.KillOwnGroup();
        }

        GC.KeepAlive(_hangUps);

        Process.GetCurrentProcess().Kill();
    }

    private void RemoveFiles()
    {
        try
        {
            _files.Remove();

            // It is still there if the parent was killed before it knew of this connection.
            _invitation.RemoveFolder();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No one is left to be told; to end is what counts.
        }
    }
}
