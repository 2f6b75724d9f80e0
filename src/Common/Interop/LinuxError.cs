using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>Error numbers of Linux as .NET's sockets tell them.</summary>
internal static class LinuxError
{
    internal static SocketException ToException(int error)
    {
        var code = ToSocketError(error);
        return code == SocketError.SocketError ? new((int)code, $"{Marshal.GetPInvokeErrorMessage(error)} (error {error})") : new((int)code);
    }

    /// <summary>Returns whether an accept failed because of the connection that it would have given: the next one may be all right. The list
    /// of accept(2).</summary>
    internal static bool IsOfTheConnection(int error) => error is 64 or 71 or 92 or 95 or 100 or 101 or 103 or 112 or 113;

    private static SocketError ToSocketError(int error) => error switch
    {
        1 or 13 => SocketError.AccessDenied,
        2 or 99 => SocketError.AddressNotAvailable,
        11 => SocketError.WouldBlock,
        12 or 105 => SocketError.NoBufferSpaceAvailable,
        14 => SocketError.Fault,
        22 => SocketError.InvalidArgument,
        23 or 24 => SocketError.TooManyOpenSockets,
        32 or 108 => SocketError.Shutdown,
        88 => SocketError.NotSocket,
        91 => SocketError.ProtocolType,
        93 => SocketError.ProtocolNotSupported,
        95 => SocketError.OperationNotSupported,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        102 => SocketError.NetworkReset,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
