namespace Sluice.Tests;

[Trait("Category", "Network")]
public sealed class TcpNeighbourTests : NeighbourContract<TcpPlace, AllPlaces>;

[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class ProcessNeighbourTests : NeighbourContract<ProcessPlace, AllPlaces>;
