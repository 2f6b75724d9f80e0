using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The arguments of samples: help, wrong ones, and a dash for standard input, alike in all of them.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed partial class SampleArgumentsTests
{
    [Theory]
    [InlineData("basicsax", "buses.xml")]
    [InlineData("branch-merge", "access-log")]
    [InlineData("buses", "buses.xml")]
    [InlineData("cobroadcast", "access-log")]
    [InlineData("coexpat-bus", "buses.xml")]
    [InlineData("conetwork", "buses.xml")]
    [InlineData("copipe", "access-log")]
    [InlineData("coprocess", "buses.xml")]
    [InlineData("cosax", "buses.xml")]
    [InlineData("cothread", "buses.xml")]
    [InlineData("hibernate", "access-log")]
    [InlineData("native", "buses.xml")]
    [InlineData("sessions", "visits-log")]
    [InlineData("wordcount", "access-log")]
    public async Task A_sample_that_reads_a_file_helps_refuses_and_reads_standard_input(string sample, string data)
    {
        var file = Repository.PathOf("samples", "data", data);

        await AssertHelps(sample);
        await AssertRefuses(sample, 2, "--colour");
        await AssertRefuses(sample, 1, "samples"); // a folder

        var (named, read) = (await FileBasedProgram.Run(Sample(sample), file), await FileBasedProgram.RunFrom(file, Sample(sample), arguments: "-"));
        Assert.True(named.ExitCode == 0, named.Error);
        Assert.NotEmpty(Report(named));
        Assert.Equal((0, Report(named)), (read.ExitCode, Report(read)));
    }

    [Theory]
    [InlineData("echo", "70000")]
    [InlineData("echo", "-1")]
    [InlineData("chat", "70000")]
    [InlineData("wget", "--colour")]
    [InlineData("wget", "localhost:70000")]
    [InlineData("wordcount", "LICENSE many")]
    [InlineData("conetwork", "--worker localhost")]
    [InlineData("conetwork", "--worker localhost:0")]
    [InlineData("conetwork", "--worker")]
    public Task What_is_no_argument_is_said_in_one_line(string sample, string arguments) => AssertRefuses(sample, 2, arguments.Split(' '));

    [Theory]
    [InlineData("echo")]
    [InlineData("chat")]
    [InlineData("wget")]
    [InlineData("etl")]
    public Task A_sample_that_reads_no_standard_input_helps(string sample) => AssertHelps(sample);

    [Fact]
    public async Task A_port_that_is_taken_and_a_worker_that_is_not_there_are_said_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var none = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        none.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // and does not listen
        foreach (var sample in (string[])["echo", "chat"])
        {
            await AssertRefuses(sample, 1, $"{((IPEndPoint)taken.LocalEndpoint).Port}");
        }

        await AssertRefuses("conetwork", 1, "--worker", $"127.0.0.1:{((IPEndPoint)none.LocalEndPoint!).Port}");
    }

    /// <summary>One sends lines without an end, another one a line without an end.</summary>
    [Theory]
    [InlineData("X-Header: and so on\r\n")]
    [InlineData("and so on")]
    public async Task Wget_gives_up_a_host_whose_headers_do_not_end_and_goes_on_with_the_others(string flood)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sender = Threads.Run(() => Flood(listener, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(flood, 1000)))));
        using var none = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        none.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var run = await FileBasedProgram.Run(Sample("wget"), $"localhost:{((IPEndPoint)listener.LocalEndpoint).Port}", $"127.0.0.1:{((IPEndPoint)none.LocalEndPoint!).Port}");

        await Wait.For(sender);
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, static line => line.StartsWith("localhost: ", StringComparison.Ordinal) && Bound().IsMatch(line));
        Assert.Contains(lines, static line => line.StartsWith("127.0.0.1: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_progress_of_buses_stays_within_a_line_of_the_terminal()
    {
        using var folder = new TemporaryFolder();
        Bench.BusFeed.Write(folder.PathOf("feed.xml"), 40_000_000);
        var buses = await ProgramSet.Samples.ExecutableOfAsync("buses");

        foreach (var columns in (int[])[17, 30, 50, 61, 120])
        {
            var run = await FileBasedProgram.Start("script", ["-qec", $"stty cols {columns}; '{buses}' '{folder.PathOf("feed.xml")}' --route none", "/dev/null"]);

            Assert.True(run.ExitCode == 0, run.Output);
            var drawn = Escape().Replace(run.Output, "").Split('\r', '\n').Where(static text => Progress().IsMatch(text)).ToList();
            Assert.All(drawn, text => Assert.True(text.Length < columns, $"In {columns} columns: '{text}'"));
            Assert.All(drawn, text => Assert.True(columns < 50 || text.StartsWith('['), text));
        }
    }

    private static async Task AssertHelps(string sample)
    {
        var run = await FileBasedProgram.Run(Sample(sample), "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        if (sample is "buses" or "etl" or "sessions")
        {
            Assert.StartsWith("Description:\n", run.Output, StringComparison.Ordinal); // they describe each option
        }
        else
        {
            Assert.StartsWith($"usage: {sample} ", run.Output, StringComparison.Ordinal);
            Assert.Single(run.Output.TrimEnd().Split('\n'));
        }
    }

    private static async Task AssertRefuses(string sample, int exitCode, params string[] arguments)
    {
        var run = await FileBasedProgram.Run(Sample(sample), arguments);

        var output = exitCode == 1 && sample == "branch-merge" ? "" : run.Output; // which prints its graph and a heading before it opens the log
        Assert.True((exitCode, "") == (run.ExitCode, output), $"{sample} {string.Join(' ', arguments)}: {run}");
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Contains(sample, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Until the client goes.</summary>
    private static bool Flood(TcpListener listener, byte[] what)
    {
        using var client = listener.AcceptSocket();
        client.SendTimeout = (int)Wait.Limit.TotalMilliseconds;
        try
        {
            while (true)
            {
                client.Send(what);
            }
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>The text behind the graph that one of them prints first, which names the source.</summary>
    private static string Report(FileBasedProgram.Outcome run) => Graph().Replace(run.Output, "");

    private static string Sample(string name) => $"samples/{name}.cs";

    [GeneratedRegex("\\Aflowchart LR\n(    .*\n)*")]
    private static partial Regex Graph();

    [GeneratedRegex(@"^(\[[# ]*\] +)?\d+ %|^ +\d+ %")]
    private static partial Regex Progress();

    [GeneratedRegex("more than 64 KiB|more than 65536 bytes|65,?536")]
    private static partial Regex Bound();

    [GeneratedRegex(@"\e\[[0-9;?]*[a-zA-Z]|\e[=>]")]
    private static partial Regex Escape();
}
