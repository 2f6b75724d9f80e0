namespace Sluice.Tests;

public sealed class InlineNeighbourTests : NeighbourContract<InlinePlace, LocalPlaces>;

public sealed class CallerNeighbourTests : NeighbourContract<CallerPlace, LocalPlaces>;

public sealed class ThreadNeighbourTests : NeighbourContract<ThreadPlace, LocalPlaces>;

public sealed class NarrowThreadNeighbourTests : NeighbourContract<NarrowThreadPlace, LocalPlaces>;

public sealed class ThreadPoolNeighbourTests : NeighbourContract<ThreadPoolPlace, LocalPlaces>;

public sealed class KeyedPoolNeighbourTests : NeighbourContract<KeyedPoolPlace, LocalPlaces>;

public sealed class OrderedPoolNeighbourTests : NeighbourContract<OrderedPoolPlace, LocalPlaces>;
