using System.Net;

namespace Sluice.Tests;

/// <summary>A worker that listens on loopback, in this process: nothing is shared with it all the same.</summary>
public sealed class TcpPlace : Place
{
    private static readonly TcpSecurity s_security = new() { Secret = "what both sides know" };

    private readonly Lazy<WorkerListener> _worker = new(static () => WorkerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new WorkerListenerOptions { Security = s_security }));

    public override bool IsRemote => true;

    public override bool IsOtherProcess => false;

    public override Env Make(int capacity) => Env.Tcp(_worker.Value.LocalEndPoint, new TcpOptions { Security = s_security, Capacity = capacity, EndTimeout = Wait.Limit });

    public override void Dispose()
    {
        if (_worker.IsValueCreated)
        {
            _worker.Value.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose();
    }
}
