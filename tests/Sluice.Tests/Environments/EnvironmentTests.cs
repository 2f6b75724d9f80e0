namespace Sluice.Tests;

public sealed class InlineEnvironmentTests() : EnvironmentContract(new InlinePlace());

public sealed class CallerEnvironmentTests() : EnvironmentContract(new CallerPlace());

public sealed class ThreadEnvironmentTests() : EnvironmentContract(new ThreadPlace());

public sealed class NarrowThreadEnvironmentTests() : EnvironmentContract(new NarrowThreadPlace());

public sealed class ThreadPoolEnvironmentTests() : EnvironmentContract(new ThreadPoolPlace());

public sealed class KeyedPoolEnvironmentTests() : EnvironmentContract(new KeyedPoolPlace());

public sealed class OrderedPoolEnvironmentTests() : EnvironmentContract(new OrderedPoolPlace());

public sealed class UnorderedPoolEnvironmentTests() : EnvironmentContract(new UnorderedPoolPlace());
