namespace Sluice.Tests;

[Trait("Category", "Network")]
public sealed class TcpEnvironmentTests() : EnvironmentContract(new TcpPlace());

[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class ProcessEnvironmentTests() : EnvironmentContract(new ProcessPlace());
