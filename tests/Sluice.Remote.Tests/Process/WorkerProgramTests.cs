using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>Workers of real programs, in each way in which a program can be started.</summary>
[Trait("Category", "Process")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed partial class WorkerProgramTests(WorkerProgramTests.Programs programs) : IClassFixture<WorkerProgramTests.Programs>
{
    [Fact]
    public async Task A_file_based_program_has_workers()
    {
        var run = await FileBasedProgram.Run(programs.File, "call");

        AssertCalled(run);
    }

    [Fact]
    public async Task A_program_with_its_own_executable_has_workers() => AssertCalled(await programs.Run(programs.Executable, "call"));

    [Fact]
    public async Task A_program_that_dotnet_runs_has_workers() => AssertCalled(await programs.Run("dotnet", programs.Executable + ".dll", "call"));

    [Fact]
    public async Task A_program_without_a_file_of_its_dependencies_has_workers()
    {
        var folder = Directory.CreateDirectory(programs.Folder.PathOf("without-dependencies")).FullName;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(programs.Executable)!).Where(file => !file.EndsWith(".deps.json", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        AssertCalled(await programs.Run("dotnet", Path.Combine(folder, "Sluice.Remote.Tests.dll"), "call"));
    }

    [Fact]
    public async Task A_program_published_as_a_single_file_has_workers()
    {
        var folder = programs.Folder.PathOf("single");
        var publish = await programs.Run("dotnet", "publish", programs.File, "--output", folder, "-p:PublishSingleFile=true"); // as told on the command line it reaches the library too
        Assert.True(publish.ExitCode == 0, publish.Output + publish.Error);
        Assert.False(File.Exists(Path.Combine(folder, "Sluice.dll")));

        AssertCalled(await programs.Run(Path.Combine(folder, "Sluice.Remote.Tests"), "call"));
        AssertRun(await programs.Run(Path.Combine(folder, "Sluice.Remote.Tests"), "pipeline"));
    }

    [Fact]
    public async Task A_worker_has_the_culture_of_its_environment_and_an_empty_standard_input() =>
        AssertRun(await FileBasedProgram.Start("bash", ["-c", $"echo words | '{programs.Executable}' pipeline"]));

    [Fact]
    public async Task A_temporary_folder_with_a_long_name_is_no_hindrance()
    {
        var folder = Directory.CreateDirectory(programs.Folder.PathOf(new string('l', 100))).FullName;
        var run = await programs.RunWith("TMPDIR", folder, "call");

        AssertCalled(run);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task Where_start_up_hooks_are_disabled_nothing_is_started_and_the_error_says_what_to_set()
    {
        var run = await programs.Run("dotnet", "exec", "--runtimeconfig", programs.WithoutHooks(), programs.Executable + ".dll", "call");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("Main\n", run.Output);
        Assert.Contains("StartupHookSupport", run.Error, StringComparison.Ordinal);
        Assert.Contains(nameof(InvalidOperationException), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_only_the_worker_s_start_up_hooks_are_disabled_it_does_not_run_Main_but_ends_with_an_error()
    {
        var run = await programs.RunWith(
            "OTHER_PROGRAM", "dotnet",
            "call", "exec", "--runtimeconfig", programs.WithoutHooks(), programs.Executable + ".dll", "call");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("Main\n", run.Output);
        Assert.Contains("would have run Main again", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while they compute")]
    [InlineData("while they are stopped")]
    [InlineData("after a hang-up")]
    public async Task Workers_end_at_once_when_their_parent_is_killed_with_all_that_they_have_started(string when)
    {
        using var parent = FileBasedProgram.Launch(programs.Executable, ["hold"]);
        Assert.Equal("Main", await Wait.For(parent.StandardOutput.ReadLineAsync()));
        int[] ids = [.. (await Wait.For(parent.StandardOutput.ReadLineAsync()))!.Split(' ').Select(int.Parse)];
        Assert.Equal(parent.Id, ids[0]);
        if (when == "while they are stopped")
        {
            Assert.Equal(0, (await programs.Run("bash", "-c", $"kill -STOP {ids[1]}")).ExitCode);
        }
        else if (when == "after a hang-up")
        {
            // The parent is stopped, so that it cannot kill the group of a worker that has died of the signal.
            Assert.Equal(0, (await programs.Run("bash", "-c", $"kill -STOP {parent.Id}; kill -HUP {ids[1]}")).ExitCode);
        }

        var files = DiagnosticFiles.Of(parent.Id, Path.GetTempPath());
        RuntimeFiles[] left = [.. ids.Select(id => new RuntimeFiles(id))];
        parent.Kill();
        files.Remove();

        foreach (var (id, its) in ids.Zip(left))
        {
            await WorkerEntries.EndOf(id);
            Assert.Empty(its.Sockets.Concat(its.Pipes));
        }
    }

    [Fact]
    public async Task Lines_of_several_workers_are_passed_on_whole_with_their_prefixes()
    {
        // Both streams are one pipe, which no one begins to read before the workers have much to say.
        var run = await programs.Run("bash", "-c", $"'{programs.Executable}' loud 2>&1 | (sleep 0.5; cat)");

        Assert.Equal(0, run.ExitCode);
        var lines = run.Output.Split('\n');
        Assert.Equal(3, lines.Count(line => line == "exit 0"));
        string[] said = [.. lines.Where(line => line.StartsWith('['))];
        foreach (var worker in said.GroupBy(line => line[..4]))
        {
            Assert.Equal(
                Enumerable.Range(0, 300).SelectMany(number => Enumerable.Repeat($"{worker.Key}<{number}:{new string('ö', number * 10)}>", 2)).Order(StringComparer.Ordinal),
                worker.Order(StringComparer.Ordinal));
        }

        Assert.Equal(1 + 3 * 600 + 3 + 1, lines.Length);
    }

    [Fact]
    public async Task Many_starts_and_ends_leave_nothing()
    {
        var folder = Directory.CreateDirectory(programs.Folder.PathOf("temporary")).FullName;
        var run = await programs.RunWith("TMPDIR", folder, "many");

        Assert.True(run.ExitCode == 0, run.Error);
        var found = Found().Match(run.Output);
        Assert.True(found.Success, run.Output);
        Assert.InRange(int.Parse(found.Groups[1].Value), int.MinValue, 0);
        Assert.InRange(int.Parse(found.Groups[2].Value), int.MinValue, 10); // The pool may have grown, by less than a thread for each of the twelve that end alike.
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    private static void AssertRun(FileBasedProgram.Outcome run)
    {
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Equal(("Main\n1 de-DE 1,5 ''\n2 de-DE 1,5 ''\n", ""), (run.Output, run.Error));
    }

    private static void AssertCalled(FileBasedProgram.Outcome run)
    {
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Equal("Main\nAnswer 42\nin the worker", string.Join('\n', run.Output.TrimEnd().Split('\n').OrderBy(line => line == "in the worker")));
        Assert.Equal("no line", run.Error);
    }

    [GeneratedRegex(@"^Main\ndescriptors (-?\d+)\nthreads (-?\d+)\nfiles \nchildren \n$")]
    private static partial Regex Found();

    /// <summary>The sample program: written and built once.</summary>
    public sealed class Programs : IAsyncLifetime
    {
        internal TemporaryFolder Folder { get; } = new();

        internal string File => Folder.PathOf("workers.cs");

        internal string Executable { get; private set; } = "";

        public async Task InitializeAsync()
        {
            Folder.Write("workers.cs", WorkerSampleProgram.Text);
            var run = await FileBasedProgram.Run(File, "base");
            Assert.True(run.ExitCode == 0, run.Error + run.Output);
            Executable = Path.Combine(run.Output.TrimEnd(), "Sluice.Remote.Tests");
        }

        public Task DisposeAsync()
        {
            Folder.Dispose();
            return Task.CompletedTask;
        }

        /// <summary>The settings of the program, but without start-up hooks.</summary>
        internal string WithoutHooks()
        {
            var settings = JsonNode.Parse(System.IO.File.ReadAllText(Executable + ".runtimeconfig.json"))!;
            settings["runtimeOptions"]!["configProperties"]!["System.StartupHookProvider.IsSupported"] = false;
            return Folder.Write("without-hooks.runtimeconfig.json", settings.ToJsonString());
        }

        internal Task<FileBasedProgram.Outcome> Run(string program, params string[] arguments) => FileBasedProgram.Start(program, arguments);

        internal Task<FileBasedProgram.Outcome> RunWith(string variable, string value, params string[] arguments) =>
            FileBasedProgram.Start(Executable, arguments, start => start.Environment[variable] = value);
    }
}
