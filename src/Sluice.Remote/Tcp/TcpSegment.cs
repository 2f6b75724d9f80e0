using System.Net;

namespace Sluice;

/// <summary>A segment that a worker on another host runs.</summary>
internal sealed class TcpSegment(Segment segment, SegmentedRun whole, EndPoint address, TcpOptions options) : RemoteSegment(segment, whole, options)
{
    /// <summary>What a client says it wants to be.</summary>
    internal const string Role = "segment";

    internal override string Peer => $"the worker at {address}";

    private protected override async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        var wire = new WireClientOptions
        {
            Role = Role,
            Application = options.Application,
            Security = options.Security.ToWire(),
            ConnectTimeout = options.ConnectTimeout,
            ReconnectWindow = options.ReconnectWindow,
            Connection = options.ToWire(),
        };
        return await Task.Run(() => WireClient.Connect(address, wire, cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    private protected override Task<Exception> ExplainAsync(Exception cause) =>
        Task.FromResult<Exception>(new IOException($"The connection to {Peer} is lost: {cause.Message}", cause));

    private protected override Task ReleaseAsync() => Task.CompletedTask; // the connection is all there is
}
