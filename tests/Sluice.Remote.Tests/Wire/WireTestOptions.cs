using System.Net;

namespace Sluice.Tests;

/// <summary>Options that the tests of listeners and clients share.</summary>
internal static class WireTestOptions
{
    internal static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    internal static readonly WireSecurity ByLoopback = new() { AllowInsecureLoopback = true };

    internal static readonly WireSecurity BySecret = new() { Secret = new("a secret that the tests share") };

    internal static WireListenerOptions Listening(
        WireSecurity? security = null,
        TimeProvider? time = null,
        Action<string>? log = null,
        TimeSpan? window = null,
        WireVersions? versions = null,
        int maxConnections = 64,
        int maxUnauthenticated = 32,
        int maxUnauthenticatedPerAddress = 32,
        TimeSpan? silence = null) => new()
        {
            Application = "the tests' listener",
            Security = security ?? BySecret,
            Log = log ?? (static _ => { }),
            ReconnectWindow = window ?? TimeSpan.FromSeconds(30),
            Versions = versions ?? WireVersions.Own,
            MaxConnections = maxConnections,
            MaxUnauthenticated = maxUnauthenticated,
            MaxUnauthenticatedPerAddress = maxUnauthenticatedPerAddress,
            Connection = Connection(time, silence),
        };

    internal static WireClientOptions Dialing(
        WireSecurity? security = null,
        TimeProvider? time = null,
        TimeSpan? window = null,
        WireVersions? versions = null,
        string role = "caller",
        string application = "the tests",
        TimeSpan? silence = null,
        TimeSpan? connectTimeout = null) => new()
        {
            Role = role,
            Application = application,
            Security = security ?? BySecret,
            ReconnectWindow = window ?? TimeSpan.FromSeconds(30),
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(10),
            Versions = versions ?? WireVersions.Own,
            Connection = Connection(time, silence),
        };

    private static ConnectionOptions Connection(TimeProvider? time, TimeSpan? silence) => new()
    {
        Time = time ?? TimeProvider.System,
        SilenceTimeout = silence ?? TimeSpan.FromSeconds(15),
    };
}
