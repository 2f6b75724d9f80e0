namespace Sluice.Tests;

public sealed class InlineNeighbourTests : NeighbourContract<InlinePlace>;

public sealed class CallerNeighbourTests : NeighbourContract<CallerPlace>;

public sealed class ThreadNeighbourTests : NeighbourContract<ThreadPlace>;

public sealed class NarrowThreadNeighbourTests : NeighbourContract<NarrowThreadPlace>;

public sealed class ThreadPoolNeighbourTests : NeighbourContract<ThreadPoolPlace>;

public sealed class LoopNeighbourTests : NeighbourContract<LoopPlace>;

public sealed class KeyedPoolNeighbourTests : NeighbourContract<KeyedPoolPlace>;

public sealed class OrderedPoolNeighbourTests : NeighbourContract<OrderedPoolPlace>;

[Trait("Category", "Network")]
public sealed class TcpNeighbourTests : NeighbourContract<TcpPlace>;

[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class ProcessNeighbourTests : NeighbourContract<ProcessPlace>;
