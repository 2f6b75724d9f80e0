namespace Sluice.Tests;

public sealed class LoopNeighbourTests : NeighbourContract<LoopPlace, LoopPlaces>;
