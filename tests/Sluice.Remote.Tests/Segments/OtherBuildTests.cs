using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;

namespace Sluice.Tests;

/// <summary>Workers that have another build of the application's assemblies.</summary>
[Trait("Category", "Network")]
public sealed class OtherBuildTests
{
    private static readonly TcpSecurity s_security = new() { AllowInsecureLoopback = true };

    private readonly List<string> _here = [];
    private readonly List<string> _there = [];
    private bool _hasBegun;

    [Fact]
    public async Task A_worker_with_another_build_is_refused_by_name_before_a_source_starts_and_its_log_says_it()
    {
        var (ours, theirs) = (Emit("Helpers"), Emit("Helpers"));
        await using var worker = Listen(theirs);

        var error = await Assert.ThrowsAsync<OtherBuildException>(() => Run(worker, [], ours));

        Assert.Equal(["Helpers"], error.Assemblies);
        Assert.Contains($"'Helpers' is {ours.ManifestModule.ModuleVersionId}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"and {theirs.ManifestModule.ModuleVersionId}", error.Message, StringComparison.Ordinal);
        Assert.Contains("OtherBuilds", error.Message, StringComparison.Ordinal);
        Assert.False(_hasBegun);
        await Wait.Until(() => Has(_there, "refused: The worker has another build of the application: 'Helpers'"), "the worker's line");
    }

    [Fact]
    public async Task All_assemblies_that_differ_are_named_at_once()
    {
        await using var worker = Listen(Emit("Helpers"), Emit("Contracts"));

        var error = await Assert.ThrowsAsync<OtherBuildException>(() => Run(worker, ["Elsewhere"], Emit("Helpers"), Emit("Contracts")));

        Assert.Equal(["Contracts", "Helpers"], error.Assemblies.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_build_for_debugging_is_told_from_one_that_is_optimized()
    {
        await using var worker = Listen(Emit("Helpers", forDebugging: true));

        var error = await Assert.ThrowsAsync<OtherBuildException>(() => Run(worker, [], Emit("Helpers")));

        Assert.Contains(", optimized where the pipeline runs and ", error.Message, StringComparison.Ordinal);
        Assert.Contains(", for debugging at the worker", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_build_that_is_allowed_by_name_runs_and_both_logs_say_it()
    {
        await using var worker = Listen(Emit("Helpers"));

        Assert.Equal(100, await Run(worker, ["Helpers"], Emit("Helpers")));

        Assert.True(Has(_here, "another build of 'Helpers'"), string.Join('\n', _here));
        Assert.True(Has(_there, "another build of 'Helpers'"), string.Join('\n', _there));
    }

    [Fact]
    public async Task The_same_build_and_assemblies_that_one_side_alone_has_are_no_matter()
    {
        var both = Emit("Helpers");
        await using var worker = Listen(both, Emit("OfTheWorker"));

        Assert.Equal(100, await Run(worker, [], both, Emit("OfThePipeline")));

        Assert.Empty(_here);
        Assert.False(Has(_there, "build"), string.Join('\n', _there));
    }

    /// <summary>An assembly of this name with a module version of its own.</summary>
    private static Assembly Emit(string name, bool forDebugging = false)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        assembly.DefineDynamicModule(name);
        if (forDebugging)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(
                typeof(DebuggableAttribute).GetConstructor([typeof(DebuggableAttribute.DebuggingModes)])!,
                [DebuggableAttribute.DebuggingModes.Default | DebuggableAttribute.DebuggingModes.DisableOptimizations]));
        }

        using var bytes = new MemoryStream();
        assembly.Save(bytes);
        bytes.Position = 0;
        return new AssemblyLoadContext(name).LoadFromStream(bytes);
    }

    private static bool Has(List<string> log, string text)
    {
        lock (log)
        {
            return log.Exists(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    private static Action<string> NoteIn(List<string> log) => line =>
    {
        lock (log)
        {
            log.Add(line);
        }
    };

    private static SnapshotOptions With(Assembly[] assemblies)
    {
        var options = new SnapshotOptions();
        options.AllowedAssemblies.UnionWith(assemblies);
        return options;
    }

    private WorkerListener Listen(params Assembly[] assemblies)
    {
        var options = new WorkerListenerOptions { Security = s_security, Log = NoteIn(_there) };
        options.Applications[OwnAssemblies.ApplicationName] = With(assemblies);
        return WorkerListener.Start(WireTestOptions.AnyPort, options);
    }

    private Task<long> Run(WorkerListener worker, string[] accepted, params Assembly[] assemblies)
    {
        var options = new TcpOptions { Security = s_security, Snapshots = With(assemblies), Log = NoteIn(_here) };
        foreach (var name in accepted)
        {
            options.OtherBuilds.Add(name);
        }

        return Wait.For(Source.From(Numbers()).On(Env.Tcp(worker.LocalEndPoint, options)).Where(static number => number >= 0).To(Sink.Count<int>()).RunAsync());
    }

    private IEnumerable<int> Numbers()
    {
        _hasBegun = true;
        for (var number = 0; number < 100; number++)
        {
            yield return number;
        }
    }
}
