namespace Sluice.Tests;

/// <summary>Signals, in a process of their own.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
public sealed class LoopSignalTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_cancels_the_main_task(string signal)
    {
        var run = await Run(signal, """
            try
            {
                EventLoop.Run(async () =>
                {
                    Raise();
                    try { await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan); }
                    finally { Console.WriteLine("finally"); }
                });
            }
            catch (OperationCanceledException) { Console.WriteLine("cancelled"); }
            """);

        Assert.Equal("finally\ncancelled\n", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("TERM", "await pipeline.RunAsync()")]
    [InlineData("INT", "await pipeline.RunAsync()")]
    [InlineData("TERM", "await (await pipeline.StartAsync()).Completion")]
    [InlineData("INT", "await (await pipeline.StartAsync()).Completion")]
    [InlineData("TERM", "await pipeline.StartAsync()")]
    public async Task A_signal_cancels_the_runs_of_a_loop(string signal, string how)
    {
        var run = await Run(signal, $$"""
            var pipeline = Source.Create<int>(async (_, cancellation) =>
            {
                Raise();
                try { await Task.Delay(-1, cancellation); }
                finally { Console.WriteLine("finally"); }
            }).To(Sink.Count<int>());
            try
            {
                EventLoop.Run(async () => { {{how}}; });
                Console.WriteLine("ended");
            }
            catch (OperationCanceledException) { Console.WriteLine("cancelled"); }
            """);

        Assert.Equal("finally\ncancelled\n", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("first signal is taken", "new EventLoopOptions()", "await goodbye.RunAsync(async () => { Raise(); await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan); });")]
    [InlineData("", "new EventLoopOptions { HandleSignals = false }", "")]
    public async Task The_second_signal_ends_the_process_and_so_does_the_first_if_signals_are_not_handled(string output, string options, string then)
    {
        var run = await Run("TERM", $$"""
            EventLoop.Run(async () =>
            {
                Raise();
                try { await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan); }
                catch (OperationCanceledException)
                {
                    Console.WriteLine("first signal is taken");
                    var goodbye = new CancelScope { Shield = true };
                    {{then}}
                }
            }, {{options}});
            Console.WriteLine("never");
            """);

        Assert.Equal(output, run.Output.TrimEnd());
        Assert.Equal(128 + 15, run.ExitCode);
    }

    private static async Task<FileBasedProgram.Outcome> Run(string signal, string code)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("signals.cs", $$"""
            #:project {{Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}}
            #:property PublishAot=false
            using System.Diagnostics;
            using Sluice;
            {{code}}
            static void Raise() => Process.Start("kill", $"-{{signal}} {Environment.ProcessId}");
            """);
        return await FileBasedProgram.Run(file);
    }
}
