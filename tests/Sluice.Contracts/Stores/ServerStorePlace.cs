using Sluice.Durable;

namespace Sluice.Contracts;

/// <summary>A place in a server, which can be killed, and whose connections can be cut.</summary>
public abstract class ServerStorePlace : StorePlace
{
    /// <summary>The server's port on loopback.</summary>
    public abstract int Port { get; }

    /// <summary>Makes a store that reaches the server by another port.</summary>
    /// <param name="port">The port of a proxy.</param>
    /// <returns>The store.</returns>
    public abstract CheckpointStore OpenBy(int port);

    /// <summary>Kills the server as a loss of power does.</summary>
    /// <returns>A task that completes when it is gone.</returns>
    public abstract Task KillAsync();

    /// <summary>Starts it again.</summary>
    /// <returns>A task that completes when it answers.</returns>
    public abstract Task StartAsync();
}
