using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>Programs of which another build runs on the other side: with a helper that was changed, or built for debugging.</summary>
[Trait("Category", "Process")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class OtherBuildProgramTests
{
    /// <summary>The part that goes to the worker is the same in all builds: a call of a static method.</summary>
    private static string Text(string rule) => $$"""
        #:project {{Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}}
        #:property PublishAot=false
        #:property AssemblyName=App
        using System.Net;
        using Sluice;

        var security = new TcpSecurity { AllowInsecureLoopback = true };
        switch (args[0])
        {
            case "base":
                Console.WriteLine(AppContext.BaseDirectory);
                return;
            case "listen":
                var worker = WorkerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new WorkerListenerOptions { Security = security, Log = Console.Error.WriteLine });
                Console.WriteLine(worker.LocalEndPoint);
                Thread.Sleep(Timeout.Infinite);
                return;
        }

        var tcp = new TcpOptions { Security = security, Log = Console.Error.WriteLine };
        var process = new ProcessOptions { Executable = args[1], Log = Console.Error.WriteLine, StartupTimeout = TimeSpan.FromSeconds(60) };
        foreach (var name in args[2..])
        {
            tcp.OtherBuilds.Add(name);
            process.OtherBuilds.Add(name);
        }

        try
        {
            var env = args[0] == "tcp" ? Env.Tcp(IPEndPoint.Parse(args[1]), tcp) : Env.Process(process);
            Console.WriteLine(await Source.From(Enumerable.Range(0, 1000)).On(env).Where(number => Helper.Keeps(number)).To(Sink.Count<int>()).RunAsync());
        }
        catch (OtherBuildException error)
        {
            Console.WriteLine(error.Message);
        }

        internal static class Helper
        {
            internal static bool Keeps(int number) => {{rule}};
        }
        """;

    /// <summary>A worker whose helper was another one counted 143 where the pipeline's own gave 500, without a word.</summary>
    [Fact]
    public async Task Another_build_is_refused_over_TCP_and_in_a_process_unless_it_is_allowed_by_name()
    {
        using var folder = new TemporaryFolder();
        var programs = ProgramSet.Of("other-builds", [("own", Text("number % 2 == 0")), ("old", Text("number % 7 == 0"))]);
        var own = await programs.ExecutableOfAsync("own");
        var old = await programs.ExecutableOfAsync("old");
        using (var worker = FileBasedProgram.Launch(old, ["listen"]))
        {
            try
            {
                var address = await Wait.For(worker.StandardOutput.ReadLineAsync(), "the worker listens");
                string[][] places = [["tcp", address!], ["process", old]];
                foreach (var place in places)
                {
                    var refused = await FileBasedProgram.Start(own, place);
                    Assert.StartsWith("The worker has another build of the application: 'App' is ", refused.Output, StringComparison.Ordinal);

                    var allowed = await FileBasedProgram.Start(own, [.. place, "App"]);
                    Assert.Equal("143\n", allowed.Output);
                    Assert.Equal(place[0] == "tcp" ? 1 : 2, allowed.Error.Split("another build of 'App' than on the other side").Length - 1); // a worker process has its parent's standard error
                }

                await Logged(worker, "refused: The worker has another build");
                await Logged(worker, "another build of 'App' than on the other side");
            }
            finally
            {
                worker.Kill();
            }
        }

        using var same = FileBasedProgram.Launch(own, ["listen"]);
        try
        {
            var address = await Wait.For(same.StandardOutput.ReadLineAsync(), "the worker listens");
            var run = await FileBasedProgram.Start(own, ["tcp", address!]);
            Assert.Equal(("500\n", ""), (run.Output, run.Error));
            var debug = await FileBasedProgram.Start(await BuildForDebugging(folder.Write("app.cs", Text("number % 2 == 0"))), ["tcp", address!]);
            Assert.Contains("'App' is ", debug.Output, StringComparison.Ordinal);
            Assert.Contains(", for debugging where the pipeline runs and ", debug.Output, StringComparison.Ordinal);
        }
        finally
        {
            same.Kill();
        }
    }

    private static async Task<string> BuildForDebugging(string file)
    {
        var run = await FileBasedProgram.Start("dotnet", ["run", "--configuration", "Debug", file, "--", "base"]);
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        return Path.Combine(run.Output.TrimEnd(), "App");
    }

    private static async Task Logged(Process worker, string text)
    {
        for (var line = ""; !line!.Contains(text, StringComparison.Ordinal);)
        {
            line = await Wait.For(worker.StandardError.ReadLineAsync(), $"a line of the worker's log with '{text}'");
            Assert.NotNull(line);
        }
    }
}
