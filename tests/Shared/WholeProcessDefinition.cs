namespace Sluice.Tests;

/// <summary>The tests that measure or limit the whole process: no other test of it runs beside them. xunit looks for this in each test assembly.</summary>
[CollectionDefinition(WholeProcess.Name, DisableParallelization = true)]
public sealed class WholeProcessDefinition;
