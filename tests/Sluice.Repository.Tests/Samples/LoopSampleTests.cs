namespace Sluice.Tests;

/// <summary>The samples of event loops and sockets, and what they print.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class LoopSampleTests
{
    [Fact]
    public async Task Hello_loop_sleeps_twice_at_the_same_time_on_one_thread()
    {
        var run = await FileBasedProgram.Run("samples/hello-loop.cs");

        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(["both sleep", "hello", "world"], lines[..^1]);
        Assert.StartsWith("1 thread, ", lines[^1], StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Queue_workers_do_twenty_jobs()
    {
        var run = await FileBasedProgram.Run("samples/queue-workers.cs");

        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(Enumerable.Range(1, 20), lines[..^1].Select(line => int.Parse(line.Split("job ")[1], System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.All(lines[..^1], line => Assert.Matches("^worker [0-2]: ", line));
        Assert.StartsWith("20 jobs by 3 workers: ", lines[^1], StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Wget_shows_the_headers_of_three_hosts_at_once()
    {
        var run = await FileBasedProgram.Run("samples/wget.cs");

        var lines = run.Output.TrimEnd().Split('\n');
        string[] headers = ["HTTP/1.0 200 OK", "Server: sluice", "X-Request: HEAD / HTTP/1.0"];
        Assert.Equal(new[] { "localhost", "127.0.0.1", "localhost" }.SelectMany(host => headers.Select(header => $"{host}: {header}")).Order(), lines[..^1].Order());
        Assert.StartsWith("3 hosts, about ", lines[^1], StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Echo_answers_a_hundred_clients_on_one_thread()
    {
        var run = await FileBasedProgram.Run("samples/echo.cs", "--self-test");

        Assert.Equal("1000 messages came back to 100 clients, on 1 thread\n", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Chat_tells_everybody_what_one_says()
    {
        var run = await FileBasedProgram.Run("samples/chat.cs", "--self-test");

        Assert.Equal("bob and cem read \"ann: hello\" and \"ann: hello\"\nann reads \"cem: hi ann\"\n", run.Output);
        Assert.Equal(0, run.ExitCode);
    }
}
