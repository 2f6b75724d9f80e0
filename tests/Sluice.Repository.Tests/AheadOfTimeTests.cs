using System.Xml.Linq;

namespace Sluice.Tests;

/// <summary>Programs that are compiled ahead of time, or trimmed.</summary>
[Trait("Category", "Samples")]
[Trait("Configuration", "Release")]
public sealed class AheadOfTimeTests
{
    /// <summary>Properties of a program that is compiled ahead of time to be run once.</summary>
    private const string Quickly = "#:property Optimize=false\n#:property DebugType=none\n#:property NativeDebugSymbols=false\n";

    private const string UsesProcess = """

        using Sluice;

        try
        {
            Console.WriteLine(await Source.From([1, 2, 3]).On(Env.Process()).Select(n => n + 1).On(Env.Caller).To(Sink.Count<int>()).RunAsync());
            return 0;
        }
        catch (Exception error) when (error is PlatformNotSupportedException or InvalidOperationException)
        {
            Console.WriteLine(error.Message);
            return 1;
        }
        """;

#if !DEBUG // a program is published in Release
    [Fact]
    public async Task A_program_of_the_core_events_and_the_loop_is_compiled_without_a_warning_and_runs()
    {
        using var folder = new TemporaryFolder();
        var publish = await FileBasedProgram.Start("dotnet", ["publish", Repository.PathOf("samples", "native.cs"), "--output", folder.PathOf("out"), "-p:TrimmerSingleWarn=false"]);
        Assert.True(publish.ExitCode == 0 && !publish.Output.Contains("warning", StringComparison.Ordinal), publish.Output + publish.Error);
        var feed = XDocument.Load(Repository.PathOf("samples", "data", "buses.xml"));
        var expected = feed.Descendants("direction").GroupBy(static direction => direction.Value).OrderBy(static direction => direction.Key, StringComparer.Ordinal);

        var run = await FileBasedProgram.Start(Path.Combine(folder.PathOf("out"), "native"), [Repository.PathOf("samples", "data", "buses.xml")]);

        Assert.Equal("", run.Error);
        Assert.Equal(string.Concat(expected.Select(static direction => $"{direction.Key} {direction.Count()}\n")), run.Output);
        Assert.Equal(0, run.ExitCode);
        Assert.False(File.Exists(Path.Combine(folder.PathOf("out"), "native.dll")));
    }

    [Fact]
    public async Task Env_Process_in_a_published_program_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var publish = await FileBasedProgram.Start("dotnet", ["publish", await WriteAsync(folder, Quickly), "--output", folder.PathOf("out")]);
        Assert.True(publish.ExitCode == 0, publish.Output + publish.Error);

        var run = await FileBasedProgram.Start(Path.Combine(folder.PathOf("out"), "there"), []);

        Assert.Equal(("", 1), (run.Error, run.ExitCode));
        Assert.Equal(AheadOfTime, run.Output);
    }
#endif

    private const string AheadOfTime = "Env.Process needs a program that is not compiled ahead of time: set PublishAot to false in its project, which is '#:property PublishAot=false' in a program of one file.\n";

    [Fact]
    public async Task Env_Process_in_a_program_that_is_to_be_compiled_ahead_of_time_says_what_to_do()
    {
        using var folder = new TemporaryFolder();

        var run = await FileBasedProgram.Run(await WriteAsync(folder, ""));

        Assert.EndsWith(AheadOfTime, run.Output, StringComparison.Ordinal); // behind the compiler's warnings
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Env_Process_in_a_program_that_is_to_be_trimmed_says_what_to_do()
    {
        using var folder = new TemporaryFolder();

        var run = await FileBasedProgram.Run(await WriteAsync(folder, "#:property PublishAot=false\n#:property PublishTrimmed=true\n"));

        Assert.EndsWith("Env.Process needs start-up hooks, which trimming or a setting has disabled in this program: set PublishTrimmed to false and StartupHookSupport to true in its project.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder, string properties)
    {
        var file = folder.PathOf("there.cs");
        await File.WriteAllTextAsync(file, $"#:project {Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}\n{properties}{UsesProcess}");
        return file;
    }
}
