namespace Sluice.Tests;

[Trait("Category", "Network")]
[Trait("Configuration", "Release")]
public sealed class TcpLeftoversTests() : LeftoversContract(new TcpPlace());

[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class ProcessLeftoversTests() : LeftoversContract(new ProcessPlace());
