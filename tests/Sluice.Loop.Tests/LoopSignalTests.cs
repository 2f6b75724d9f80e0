namespace Sluice.Tests;

/// <summary>Signals, in a process of their own.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
public sealed class LoopSignalTests
{
    /// <summary>Its arguments: the case, and the signal that it sends to itself.</summary>
    private static readonly ProgramSet s_programs = ProgramSet.Of("signals", [("signals", $$"""
        #:project {{Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}}
        #:property PublishAot=false
        using System.Diagnostics;
        using Sluice;

        var pipeline = Source.Create<int>(async (_, cancellation) =>
        {
            Raise();
            try { await Task.Delay(-1, cancellation); }
            finally { Console.WriteLine("finally"); }
        }).To(Sink.Count<int>());
        try
        {
            switch (args[0])
            {
                case "task": EventLoop.Run(SleepAsync); break;
                case "RunAsync": EventLoop.Run(async () => { await pipeline.RunAsync(); }); break;
                case "Completion": EventLoop.Run(async () => { await (await pipeline.StartAsync()).Completion; }); break;
                case "StartAsync": EventLoop.Run(async () => { await pipeline.StartAsync(); }); break;
                case "second": EventLoop.Run(() => SleepTwiceAsync(again: true)); break;
                case "unhandled": EventLoop.Run(() => SleepTwiceAsync(again: false), new EventLoopOptions { HandleSignals = false }); break;
            }

            Console.WriteLine("ended");
        }
        catch (OperationCanceledException) { Console.WriteLine("cancelled"); }

        async Task SleepAsync()
        {
            Raise();
            try { await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan); }
            finally { Console.WriteLine("finally"); }
        }

        async Task SleepTwiceAsync(bool again)
        {
            Raise();
            try { await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan); }
            catch (OperationCanceledException)
            {
                Console.WriteLine("first signal is taken");
                if (again)
                {
                    await new CancelScope { Shield = true }.RunAsync(async () => { Raise(); await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan); });
                }
            }
        }

        void Raise() => Process.Start("kill", $"-{args[1]} {Environment.ProcessId}");
        """)]);

    [Theory]
    [InlineData("task", "TERM")]
    [InlineData("task", "INT")]
    [InlineData("RunAsync", "TERM")]
    [InlineData("RunAsync", "INT")]
    [InlineData("Completion", "TERM")]
    [InlineData("Completion", "INT")]
    [InlineData("StartAsync", "TERM")]
    public async Task A_signal_cancels_the_main_task_and_the_runs_of_a_loop(string what, string signal)
    {
        var run = await FileBasedProgram.Run(s_programs, "signals", what, signal);

        Assert.Equal("finally\ncancelled\n", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("second", "first signal is taken")]
    [InlineData("unhandled", "")]
    public async Task The_second_signal_ends_the_process_and_so_does_the_first_if_signals_are_not_handled(string what, string output)
    {
        var run = await FileBasedProgram.Run(s_programs, "signals", what, "TERM");

        Assert.Equal(output, run.Output.TrimEnd());
        Assert.Equal(128 + 15, run.ExitCode);
    }
}
