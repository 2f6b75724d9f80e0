using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>The tool serves pipelines of the application that it hosts, and refuses all others.</summary>
[Trait("Category", "Process")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class WorkerToolTests
{
    private const string Secret = "correct horse battery staple";
    private const string Variable = "SLUICE_TESTS_SECRET";

    [Fact]
    public async Task A_part_runs_in_the_tool_with_types_of_the_application()
    {
        await using var tool = await Start();
        var threshold = 990;

        var readings = await Wait.For(Source.From(Enumerable.Range(0, 1000)).On(At(tool))
            .Where(number => number >= threshold)
            .Select(number => new Reading(number, Environment.ProcessId))
            .Through<Reading>(Pairs)
            .On(Env.Caller)
            .To(Sink.ToList<Reading>()).RunAsync());

        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => new Reading(990 + 2 * i + 991 + 2 * i, tool.Id))], readings);
        Assert.Contains("info 127.0.0.1:", await tool.LineAsync("runs a part of 'Sluice.Worker.Tests'"), StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info ", await tool.LineAsync("the part of 'Sluice.Worker.Tests' has ended: normally"));
    }

    [Fact]
    public async Task The_tool_and_the_application_share_every_assembly_of_the_library()
    {
        await using var tool = await Start();

        var loaded = await Wait.For(Source.From([XmlEvent.ForText("text")]).On(At(tool)).SelectMany(e => LoadedTwice(e, Expat.Parse(), JsonEvents.Parse(), new EventLoopOptions())).On(Env.Caller).To(Sink.ToList<string>()).RunAsync());

        Assert.Equal(["text"], loaded);

        // Each argument is of another assembly, which is loaded when the call is compiled.
        static IEnumerable<string> LoadedTwice(XmlEvent e, params object[] others) =>
            others.Select(static other => other.GetType().Assembly).Append(typeof(WorkerListener).Assembly).Append(typeof(CoroutineSnapshot).Assembly)
                .SelectMany(static assembly => AppDomain.CurrentDomain.GetAssemblies().Where(other => other.GetName().Name == assembly.GetName().Name && other != assembly))
                .Select(static assembly => $"{assembly} twice")
                .Append(e.Text);
    }

    [Fact]
    public async Task A_part_that_throws_fails_its_own_pipeline_only()
    {
        await using var tool = await Start();
        var numbers = Channel.CreateUnbounded<int>();
        var other = Source.From(numbers.Reader).On(At(tool)).Select(number => number + 1).On(Env.Caller).To(Sink.ToList<int>()).RunAsync();
        await numbers.Writer.WriteAsync(1);
        await tool.LineAsync("runs a part");

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => Wait.For(Source.From([1, 2, 3]).On(At(tool)).Tap(number => throw new InvalidDataException($"{number} is bad")).To(Sink.Count<int>()).RunAsync()));
        await numbers.Writer.WriteAsync(2);
        numbers.Writer.Complete();

        Assert.Equal("1 is bad", error.Message);
        await tool.LineAsync("has ended: failed with InvalidDataException");
        Assert.Equal([2, 3], await Wait.For(other));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "TLS")]
    [InlineData("SSH-2.0-scanner\r\n", "SSH")]
    [InlineData("\u001b[31m\u0007\u0000\u0000\u0000\u0000\u0000\u0000", "was not let in")]
    [InlineData("", "was not let in")]
    public async Task Whoever_is_no_client_is_a_line_of_the_log(string bytes, string says)
    {
        await using var tool = await Start();
        using (var stranger = new TcpClient())
        {
            await stranger.ConnectAsync(tool.Address);
            await stranger.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes));
        }

        Assert.Contains(says, await tool.LineAsync("was not let in"), StringComparison.Ordinal);
        Assert.Equal(3, await Wait.For(Source.From([1, 2, 3]).On(At(tool)).To(Sink.Count<int>()).RunAsync()));
        var (exitCode, log) = await tool.TerminateAsync();
        Assert.Equal(0, exitCode);
        Assert.Single(log, line => line.Contains("was not let in", StringComparison.Ordinal));
        Assert.All(log, line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Fact]
    public async Task Strangers_who_say_nothing_give_their_places_to_clients_as_the_options_say()
    {
        await using var tool = await WorkerTool.StartAsync(
            new Dictionary<string, string> { [Variable] = Secret }, "--secret-variable", Variable, "--max-unauthenticated", "3", "--max-unauthenticated-per-address", "2");
        using var first = new TcpClient();
        using var second = new TcpClient();
        await first.ConnectAsync(tool.Address);
        await second.ConnectAsync(tool.Address);

        Assert.Equal(3, await Wait.For(Source.From([1, 2, 3]).On(At(tool)).To(Sink.Count<int>()).RunAsync()));

        await tool.LineAsync("Others need its place: 3 clients may be in their handshake, 2 of one address.");
    }

    [Fact]
    public async Task The_secret_lets_in_and_is_nowhere_to_be_read()
    {
        using var folder = new TemporaryFolder();
        const string wrong = "incorrect horse battery staple";
        await using var tool = await Start();

        await Assert.ThrowsAnyAsync<IOException>(() => Wait.For(Source.From([1]).On(At(tool, wrong)).To(Sink.Count<int>()).RunAsync()));
        var seen = await Wait.For(Source.From([Variable]).On(At(tool)).Select(name => Environment.GetEnvironmentVariable(name) ?? "(none)").On(Env.Caller).To(Sink.First<string>()).RunAsync());
        var file = WorkerTool.WriteSecret(folder, Secret, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await using var other = await WorkerTool.StartAsync(new Dictionary<string, string>(), "--secret-file", file);
        Assert.Equal(1, await Wait.For(Source.From([1]).On(At(other)).To(Sink.Count<int>()).RunAsync()));

        Assert.Equal("(none)", seen);
        await other.LineAsync("warning Every user of this host can read the secret");
        var (_, log) = await tool.TerminateAsync();
        Assert.Contains(log, line => line.Contains("does not know the secret", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Concat((await other.TerminateAsync()).Log), line => line.Contains("horse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signal_ends_the_tool_in_good_order_and_the_pipelines_learn_it()
    {
        await using var tool = await Start();
        var numbers = Channel.CreateUnbounded<int>();
        var run = Source.From(numbers.Reader).On(At(tool)).Select(number => number + 1).On(Env.Caller).To(Sink.ToList<int>()).RunAsync();
        await tool.LineAsync("runs a part");

        var (exitCode, log) = await tool.TerminateAsync();
        numbers.Writer.Complete();

        Assert.Equal(0, exitCode);
        Assert.Contains(log, line => line.EndsWith("info Has ended.", StringComparison.Ordinal));
        Assert.Contains("The worker ends", (await Assert.ThrowsAnyAsync<IOException>(() => Wait.For(run))).Message, StringComparison.Ordinal);
    }

    private static Task<WorkerTool> Start() => WorkerTool.StartAsync(new Dictionary<string, string> { [Variable] = Secret }, "--secret-variable", Variable);

    private static Env At(WorkerTool tool, string secret = Secret) => Env.Tcp(tool.Address, new() { Security = new() { Secret = secret } });

    /// <summary>The sums of two at a time.</summary>
    private static async Coroutine Pairs(Inbox<Reading> readings, Target<Reading> next)
    {
        while (true)
        {
            var first = await readings.ReceiveAsync();
            var second = await readings.ReceiveAsync();
            await next.SendAsync(second with { Value = first.Value + second.Value });
        }
    }

    private sealed record Reading(int Value, int Process);
}
