using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>The calls of Unix about processes that .NET has no name for.</summary>
internal static partial class UnixProcess
{
    private const int Kill = 9;
    private const int PriorityOfGroup = 1;

    // Of Linux, the same on all architectures that .NET runs on.
    private const int Continue = 18;
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int SetOwner = 8;
    private const int SetSignal = 10;
    private const int Asynchronous = 0x2000;

    /// <summary>Makes this process the leader of a group of its own: what it starts belongs to it, and the keys of a terminal, such
    /// as Ctrl+C, go to the parent, who then decides.</summary>
    /// <returns>Whether it leads one now.</returns>
    internal static bool LeadGroup() => SetGroup(0, 0) == 0 || GetGroup(0) == Environment.ProcessId;

    /// <summary>Kills the caller's group at once, and so the caller.</summary>
    internal static void KillOwnGroup() => _ = Signal(0, Kill);

    /// <summary>Kills what is left of the group. It may be empty, which is no error.</summary>
    internal static void KillGroup(int leader) => _ = Signal(-leader, Kill);

    /// <summary>Lets the system continue this process, should it be stopped (SIGSTOP), when the other end of a connection is closed. Linux only.</summary>
    internal static void ContinueAtEndOf(int descriptor)
    {
        _ = ControlDescriptor(descriptor, SetOwner, Environment.ProcessId);
        _ = ControlDescriptor(descriptor, SetSignal, Continue);
        _ = ControlDescriptor(descriptor, SetFlags, ControlDescriptor(descriptor, GetFlags, 0) | Asynchronous);
    }

    /// <summary>Sets the priority of all threads of the caller's group. For "the process" Linux means the calling thread.</summary>
    /// <returns>Null, or why it could not.</returns>
    internal static string? SetNiceness(int niceness) =>
        SetPriority(PriorityOfGroup, 0, niceness) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();

    /// <summary>Sets a variable where native code looks for it; .NET's own is a copy. Null removes it.</summary>
    internal static void SetVariable(string name, string? value) =>
        _ = value is null ? UnsetEnvironment(name) : SetEnvironment(name, value, 1);

    [LibraryImport("libc", EntryPoint = "setpgid")]
    private static partial int SetGroup(int process, int group);

    [LibraryImport("libc", EntryPoint = "getpgid")]
    private static partial int GetGroup(int process);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int ControlDescriptor(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int niceness);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnvironment(string name);
}
