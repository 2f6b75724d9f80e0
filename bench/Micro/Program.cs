using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Running;
using Sluice.Bench;

// dotnet run -c Release --project bench/Micro -- --filter '*'
var config = ManualConfig.Create(DefaultConfig.Instance);
if (!CPython.IsPresent)
{
    Console.WriteLine("No python3: the comparisons with it are left out.");
    config.AddFilter(new SimpleFilter(benchmark => !benchmark.Descriptor.WorkloadMethod.Name.StartsWith("CPython", StringComparison.Ordinal)));
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
