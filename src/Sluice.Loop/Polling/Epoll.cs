using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>The calls of Linux that <see cref="EpollPoller"/> makes.</summary>
internal static partial class Epoll
{
    internal const int CloseOnExec = 0x80000;
    internal const int NonBlocking = 0x800;
    internal const int Interrupted = 4;

    internal const int Add = 1;
    internal const int Delete = 2;
    internal const int Modify = 3;

    /// <summary>Gives back the result of a call that did not fail.</summary>
    /// <exception cref="IOException">Thrown: it did; with the system's message and error number.</exception>
    internal static int Checked(int result, string call)
    {
        if (result >= 0)
        {
            return result;
        }

        var error = Marshal.GetLastPInvokeError();
        throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int Control(int epoll, int operation, int descriptor, ref byte interest);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int Wait(int epoll, ref byte batch, int size, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, out ulong value, nint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, in ulong value, nint size);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    /// <summary>The size of the system's <c>epoll_event</c>: 32 bits of events and 64 of data, packed on x64 and x86 alone.</summary>
    internal static int EventSize { get; } = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;

    internal static uint EventsOf(ReadOnlySpan<byte> item) => MemoryMarshal.Read<uint>(item);

    internal static ulong DataOf(ReadOnlySpan<byte> item) => MemoryMarshal.Read<ulong>(item[(EventSize - sizeof(ulong))..]);

    internal static void Set(Span<byte> item, uint events, ulong data)
    {
        MemoryMarshal.Write(item, events);
        MemoryMarshal.Write(item[(EventSize - sizeof(ulong))..], data);
    }
}
