namespace Sluice.Tests;

public sealed class InlineLeftoversTests() : LeftoversContract(new InlinePlace());

public sealed class CallerLeftoversTests() : LeftoversContract(new CallerPlace());

public sealed class ThreadLeftoversTests() : LeftoversContract(new ThreadPlace());

public sealed class NarrowThreadLeftoversTests() : LeftoversContract(new NarrowThreadPlace());

public sealed class ThreadPoolLeftoversTests() : LeftoversContract(new ThreadPoolPlace());

public sealed class KeyedPoolLeftoversTests() : LeftoversContract(new KeyedPoolPlace());

public sealed class OrderedPoolLeftoversTests() : LeftoversContract(new OrderedPoolPlace());

public sealed class UnorderedPoolLeftoversTests() : LeftoversContract(new UnorderedPoolPlace());
