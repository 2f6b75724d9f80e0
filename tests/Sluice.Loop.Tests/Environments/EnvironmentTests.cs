namespace Sluice.Tests;

public sealed class LoopEnvironmentTests() : EnvironmentContract(new LoopPlace());
