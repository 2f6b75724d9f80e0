using System.Net.Sockets;
using System.Text;

namespace Sluice;

/// <summary>Runs a worker process instead of <c>Main</c>: it connects to its parent, calls the method that the parent
/// names, and exits when that returns. It uses no standard stream but to report a failure.</summary>
internal static class WorkerMain
{
    /// <summary>Null if this process is no worker.</summary>
    internal static WorkerInvitation? TakeInvitation()
    {
        var text = Environment.GetEnvironmentVariable(WorkerInvitation.Variable);
        if (text is null)
        {
            return null;
        }

        WorkerHooks.SetVariable(WorkerInvitation.Variable, null);
        return WorkerInvitation.Parse(text);
    }

    /// <summary>Never returns.</summary>
    internal static void Run(WorkerInvitation invitation)
    {
        var hooks = WorkerHooks.RemoveOwn();
        var leadsGroup = !OperatingSystem.IsWindows() && UnixProcess.LeadGroup();
        var channel = Connect(invitation, leadsGroup);
        try
        {
            var entry = Prepare(channel, hooks);
            entry?.Invoke(channel);
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"Sluice: worker process {Environment.ProcessId} failed: {error}");
            Environment.Exit(WorkerExitCode.EntryFailed);
        }

        Environment.Exit(Environment.ExitCode);
    }

    private static Socket Connect(WorkerInvitation invitation, bool leadsGroup)
    {
        try
        {
            // In this order: from the first connection on, this process cannot outlive its parent.
            ParentWatch.Start(invitation, WorkerGreeting.Connect(invitation, WorkerGreeting.Lifeline), leadsGroup);
            return WorkerGreeting.Connect(invitation, WorkerGreeting.Channel);
        }
        catch (SocketException error)
        {
            Console.Error.WriteLine($"Sluice: worker process {Environment.ProcessId} found no parent: {error.Message}");
            invitation.RemoveFolder();
            Environment.Exit(WorkerExitCode.NoParent);
            throw;
        }
    }

    /// <summary>Does what has to be done before the entry method is called. Why it could not is told to the parent, then there is no method.</summary>
    private static Action<Socket>? Prepare(Socket channel, string[] hooks)
    {
        foreach (var hook in hooks)
        {
            WorkerHooks.Call(hook);
        }

        var order = WorkerOrder.Parse(WorkerOrder.Receive(channel));
        var entry = default(Action<Socket>);
        var refusal = "";
        try
        {
            entry = order.Resolve();
            refusal = order.Niceness is { } niceness && UnixProcess.SetNiceness(niceness) is { } reason ? $"cannot have niceness {niceness}: {reason}" : "";
        }
        catch (Exception error)
        {
            refusal = $"cannot call {order.Type}.{order.Method} of {order.Assembly}: {error.Message}";
        }

        WorkerOrder.Send(channel, Encoding.UTF8.GetBytes(refusal));
        return refusal.Length == 0 ? entry : null;
    }
}
