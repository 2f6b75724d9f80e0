namespace Sluice.Tests;

public sealed class LoopLeftoversTests() : LeftoversContract(new LoopPlace());
