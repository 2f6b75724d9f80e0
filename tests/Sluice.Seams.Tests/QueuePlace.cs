namespace Sluice.Seams.Tests;

/// <summary>An environment of one's own, under the contract of all environments.</summary>
public sealed class QueueEnvironmentTests() : EnvironmentContract(new QueuePlace());

/// <summary>It beside the environments of the core.</summary>
public sealed class QueueNeighbourTests : NeighbourContract<QueuePlace, LocalPlaces>;

/// <summary>Its runs leave nothing behind.</summary>
public sealed class QueueLeftoversTests() : LeftoversContract(new QueuePlace());

public sealed class QueuePlace : Place
{
    private readonly Lazy<QueueHost> _host = new(static () => new());

    public override Env Make(int capacity) => Env.On(_host.Value, "queue", capacity);

    public override void Dispose()
    {
        if (_host.IsValueCreated)
        {
            _host.Value.Dispose();
        }

        base.Dispose();
    }
}
