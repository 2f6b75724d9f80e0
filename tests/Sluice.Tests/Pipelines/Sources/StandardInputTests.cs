namespace Sluice.Tests;

[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class StandardInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_of_standard_input_are_read_and_a_run_that_waits_for_more_ends_when_canceled()
    {
        var file = _folder.Write("program.cs", $$"""
            #:project {{Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}}
            #:property PublishAot=false
            #:property InvariantGlobalization=true
            using Sluice;

            using var stop = new CancellationTokenSource();
            try
            {
                await Source.StandardInput().Tap(line => { if (line == "b") ThreadPool.QueueUserWorkItem(_ => stop.Cancel()); }).To(Sink.WriteLines()).RunAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine("canceled");
            }
            """);

        // The shell itself keeps the pipe open: there is neither more to read nor an end.
        var pipe = _folder.PathOf("pipe");
        var waiting = await FileBasedProgram.RunFrom(pipe, file, $"mkfifo '{pipe}' && exec 3<>'{pipe}' && printf 'a\\r\\nb\\n' >&3");
        Assert.Equal(("", "a\nb\ncanceled\n", 0), (waiting.Error, waiting.Output, waiting.ExitCode));

        var ending = await FileBasedProgram.RunFrom(_folder.Write("input.txt", "é\nlast"), file);
        Assert.Equal(("", "é\nlast\n", 0), (ending.Error, ending.Output, ending.ExitCode));
    }
}
