using System.Net.Sockets;

namespace Sluice;

/// <summary>Options of a listener. Thread safety: immutable.</summary>
public sealed class LoopListenOptions
{
    internal static readonly LoopListenOptions Default = new();

    /// <summary>The number of connections that may wait to be accepted; 1 or more, and no more than the system allows. Default: 512.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Gets whether to listen on an address on which old connections are still being closed (SO_REUSEADDR). For TCP on Linux and
    /// macOS; on Windows that is always so. Default: yes.</summary>
    public bool ReuseAddress { get; init; } = true;

    /// <summary>Gets whether several listeners share the address, each a part of the connections (SO_REUSEPORT). For TCP on Linux and macOS.
    /// Default: no.</summary>
    public bool ReusePort { get; init; }

    /// <summary>Gets whether small writes to accepted connections are sent at once rather than gathered. For TCP. Default: yes.</summary>
    public bool NoDelay { get; init; } = true;

    internal void Apply(Socket socket)
    {
        socket.NoDelay = NoDelay;
        if (ReuseAddress && !OperatingSystem.IsWindows())
        {
            Set(socket, OperatingSystem.IsLinux() ? 2 : 4);
        }

        if (ReusePort)
        {
            if (OperatingSystem.IsWindows())
            {
                throw new PlatformNotSupportedException("Windows has no SO_REUSEPORT.");
            }

            Set(socket, OperatingSystem.IsLinux() ? 15 : 0x200);
        }
    }

    /// <summary>.NET's own option of that name means both, so it cannot be used for one.</summary>
    private static void Set(Socket socket, int name) => socket.SetRawSocketOption(OperatingSystem.IsLinux() ? 1 : 0xffff, name, BitConverter.GetBytes(1));
}
