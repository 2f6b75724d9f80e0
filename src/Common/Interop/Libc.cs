using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>The calls of Linux that sockets make. Each gives what the system gives, or the negative number of the
/// error.</summary>
internal static partial class Libc
{
    internal const int WouldBlock = 11;
    internal const int IsConnected = 106;
    internal const int ConnectAlreadyBegun = 114;
    internal const int ConnectBegun = 115;

    private const int Interrupted = 4;
    private const int StreamType = 1;
    private const int NonBlockingAndCloseOnExec = 0x80800;
    private const int Peek = 2;
    private const int NoSignal = 0x4000;
    private const int DontWait = 0x40;

    internal static int Receive(int descriptor, Span<byte> buffer) => Receive(descriptor, buffer, flags: 0);

    /// <summary>Peeks at the result of a receive of one byte, and takes nothing.</summary>
    internal static int Look(int descriptor)
    {
        Span<byte> one = stackalloc byte[1];
        return Receive(descriptor, one, Peek);
    }

    /// <summary>Waits for bytes, if the socket is in blocking mode.</summary>
    internal static int Receive(SafeSocketHandle socket, Span<byte> buffer)
    {
        nint count;
        do
        {
            count = Receive(socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return Result(count);
    }

    internal static int Send(int descriptor, ReadOnlySpan<byte> data)
    {
        nint count;
        do
        {
            count = Send(descriptor, in MemoryMarshal.GetReference(data), data.Length, NoSignal);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return Result(count);
    }

    /// <summary>As much as the system takes at once, also of a socket that otherwise waits.</summary>
    internal static int SendAtOnce(SafeSocketHandle socket, ReadOnlySpan<byte> data)
    {
        nint count;
        do
        {
            count = Send(socket, in MemoryMarshal.GetReference(data), data.Length, NoSignal | DontWait);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return Result(count);
    }

    internal static int Accept(int listener)
    {
        int descriptor;
        do
        {
            descriptor = Accept(listener, 0, 0, NonBlockingAndCloseOnExec);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return Result(descriptor);
    }

    /// <summary>To be called again until it is decided. Interrupted it goes on by itself.</summary>
    internal static int Connect(int descriptor, ReadOnlySpan<byte> address)
    {
        var result = Result(Connect(descriptor, in MemoryMarshal.GetReference(address), address.Length));
        return result == -Interrupted ? -ConnectBegun : result;
    }

    internal static int NewSocket(AddressFamily family) => Result(Socket(
        family switch
        {
            AddressFamily.Unix => 1,
            AddressFamily.InterNetwork => 2,
            AddressFamily.InterNetworkV6 => 10,
            _ => throw new NotSupportedException($"Streams of {family} are not supported."),
        },
        StreamType | NonBlockingAndCloseOnExec,
        0));

    private static int Receive(int descriptor, Span<byte> buffer, int flags)
    {
        nint count;
        do
        {
            count = Receive(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length, flags);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return Result(count);
    }

    private static int Result(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, in byte data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, in byte data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept(int listener, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int descriptor, in byte address, int length);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);
}
