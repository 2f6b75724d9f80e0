using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>The samples, run as the README says, and what they print.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class SampleTests
{
    private const string SimpleYield = """
        [CONSUMER] Starting consumer...
        [PRODUCER] Producing 1...
        [CONSUMER] Consuming 1...
        [PRODUCER] Consumer return: 200 OK
        [PRODUCER] Producing 2...
        [CONSUMER] Consuming 2...
        [PRODUCER] Consumer return: 200 OK
        [PRODUCER] Producing 3...
        [CONSUMER] Consuming 3...
        [PRODUCER] Consumer return: 200 OK
        [PRODUCER] Producing 4...
        [CONSUMER] Consuming 4...
        [PRODUCER] Consumer return: 200 OK
        [PRODUCER] Producing 5...
        [CONSUMER] Consuming 5...
        [PRODUCER] Consumer return: 200 OK

        """;

    private const string YieldFrom = """
        1
        1
        2
        3
        5
        start
        1
        1
        2
        3
        5
        end
        start
        1
        1
        2
        3
        5
        end
        >> 0
        >> 1
        >> 2
        ***
        >> 4

        """;

    private const string GrepClose = """
        Looking for python
        python generators rock!
        Going away. Goodbye!

        """;

    [Theory]
    [InlineData("reader")]
    [InlineData("expat")]
    [InlineData("bytes")]
    public async Task Buses_prints_the_buses_of_a_real_feed_to_the_byte_from_each_source(string source)
    {
        if (Repository.Shared("data/allroutes.xml") is not { } feed)
        {
            return; // only some checkouts have the feed beside them; the small one is tested below in all
        }

        var run = await FileBasedProgram.Run("samples/buses.cs", feed, "--source", source);

        Assert.Equal(await File.ReadAllTextAsync(Repository.Shared("golden/buses_22_north.txt")!), run.Output);
        Assert.StartsWith("863 buses read, 16 matched, ", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Coexpat_bus_prints_what_buses_prints()
    {
        var buses = await FileBasedProgram.Run("samples/buses.cs");
        var run = await FileBasedProgram.Run("samples/coexpat-bus.cs");

        Assert.Equal("", run.Error);
        Assert.NotEmpty(run.Output);
        Assert.Equal(buses.Output, run.Output);
        Assert.Equal(0, run.ExitCode);
        if (Repository.Shared("data/allroutes.xml") is { } feed)
        {
            Assert.Equal(await File.ReadAllTextAsync(Repository.Shared("golden/buses_22_north.txt")!), (await FileBasedProgram.Run("samples/coexpat-bus.cs", feed)).Output);
        }
    }

    [Theory]
    [InlineData("inline")]
    [InlineData("thread")]
    [InlineData("process")]
    [InlineData("tcp")]
    public async Task Buses_prints_the_same_wherever_its_filters_run(string place)
    {
        var feed = Repository.Shared("data/allroutes.xml");

        var run = await FileBasedProgram.Run("samples/buses.cs", [.. feed is null ? Array.Empty<string>() : [feed], "--on", place]);

        Assert.Equal(feed is null ? (await FileBasedProgram.Run("samples/buses.cs")).Output : await File.ReadAllTextAsync(Repository.Shared("golden/buses_22_north.txt")!), run.Output);
        Assert.Matches("^[0-9]+ buses read, [0-9]+ matched, [0-9.]+ s, [0-9.]+ MB/s\n$", run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("cothread")]
    [InlineData("coprocess")]
    [InlineData("conetwork")]
    public async Task Samples_whose_filters_are_elsewhere_print_what_buses_prints(string sample)
    {
        var run = await FileBasedProgram.Run($"samples/{sample}.cs");

        Assert.Equal("", run.Error);
        Assert.NotEmpty(run.Output);
        Assert.Equal((await FileBasedProgram.Run("samples/buses.cs")).Output, run.Output);
        Assert.Equal(0, run.ExitCode);
        if (Repository.Shared("data/allroutes.xml") is { } feed)
        {
            Assert.Equal(await File.ReadAllTextAsync(Repository.Shared("golden/buses_22_north.txt")!), (await FileBasedProgram.Run($"samples/{sample}.cs", feed)).Output);
        }
    }

    [Theory]
    [InlineData("coprocess")]
    [InlineData("conetwork")]
    public async Task Samples_whose_filters_are_elsewhere_run_them_in_another_process(string sample)
    {
        var run = await FileBasedProgram.Run($"samples/{sample}.cs", "--verbose");

        var lines = run.Error.TrimEnd().Split('\n');
        Assert.Equal(1, lines.Count(line => line.EndsWith(" reads the feed", StringComparison.Ordinal)));
        Assert.Equal(run.Output.TrimEnd().Split('\n').Length, lines.Count(line => line.EndsWith(" pass", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Select(line => line.Split(' ')[1]).Distinct().Count());
    }

    [Theory]
    [InlineData("cothread", "--colour", 2)]
    [InlineData("coprocess", "--colour", 2)]
    [InlineData("conetwork", "--worker", 2)]
    [InlineData("cothread", "no-such-file.xml", 1)]
    [InlineData("coprocess", "no-such-file.xml", 1)]
    [InlineData("conetwork", "no-such-file.xml", 1)]
    public async Task Samples_whose_filters_are_elsewhere_say_in_one_line_what_is_wrong(string sample, string argument, int exitCode)
    {
        var run = await FileBasedProgram.Run($"samples/{sample}.cs", argument);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Buses_without_arguments_reads_the_small_feed()
    {
        var run = await FileBasedProgram.RunAsUser("samples/buses.cs");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Output.TrimEnd().Split('\n'), line => Assert.Matches("^22, [0-9]+, North Bound, 4[0-9.]+, -8[0-9.]+$", line));
        Assert.Matches("^[0-9]+ buses read, [0-9]+ matched, [0-9.]+ s, [0-9.]+ MB/s\n$", run.Error);
    }

    [Fact]
    public async Task The_small_feed_is_what_its_generator_makes()
    {
        var made = Path.GetTempFileName();
        try
        {
            Bench.BusFeed.Write(made, Bench.BusFeed.SmallLength);

            Assert.Equal(await File.ReadAllTextAsync(made), await File.ReadAllTextAsync(Repository.PathOf("samples", "data", "buses.xml")));
        }
        finally
        {
            File.Delete(made);
        }
    }

    [Fact]
    public async Task Buses_filters_by_the_route_and_direction_it_is_given()
    {
        var run = await FileBasedProgram.Run("samples/buses.cs", "--route", "147", "--direction", "South Bound");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Output.TrimEnd().Split('\n'), line => Assert.Matches("^147, [0-9]+, South Bound, ", line));
    }

    [Fact]
    public async Task Buses_ends_quietly_when_the_reader_of_its_output_goes()
    {
        var feed = Path.GetTempFileName();
        await File.WriteAllTextAsync(feed, "<buses>" + string.Concat(Enumerable.Repeat("<bus><id>1</id><route>22</route><direction>North Bound</direction><latitude>41</latitude><longitude>-87</longitude></bus>", 100_000)));
        try
        {
            // The feed never closes its first element, so reading it to the end would be an error.
            var run = await FileBasedProgram.RunInto("head -1", "samples/buses.cs", feed);

            Assert.Equal("22, 1, North Bound, 41, -87\n", run.Output);
            Assert.Equal(0, run.ExitCode);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("100000 buses", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(feed);
        }
    }

    [Theory]
    [InlineData("--colour", 2, "Unrecognized option '--colour'")]
    [InlineData("--colour red", 2, "Unrecognized")]
    [InlineData("--route", 2, "--route")]
    [InlineData("--source sax", 2, "Unknown source 'sax'")]
    [InlineData("--on moon", 2, "Unknown place 'moon'")]
    [InlineData("no-such-file.xml", 1, "Could not find file")]
    [InlineData("samples", 1, "a directory, not a file")]
    [InlineData("LICENSE", 1, "line 1, position 1")]
    public async Task Buses_says_in_one_line_what_is_wrong(string arguments, int exitCode, string says)
    {
        var run = await FileBasedProgram.Run("samples/buses.cs", arguments.Split(' '));

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.StartsWith("buses: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(says, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Buses_prints_what_matched_before_an_error()
    {
        var feed = Path.GetTempFileName();
        await File.WriteAllTextAsync(feed, "<buses><bus><id>1</id><route>22</route><direction>North Bound</direction><latitude>41</latitude><longitude>-87</longitude></bus>\n<bus></buses>");
        try
        {
            var run = await FileBasedProgram.Run("samples/buses.cs", feed);

            Assert.Equal("22, 1, North Bound, 41, -87\n", run.Output);
            Assert.Contains("Line 2, position 8", run.Error, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(1, run.ExitCode);
        }
        finally
        {
            File.Delete(feed);
        }
    }

    [Fact]
    public async Task Copipe_prints_the_lines_that_contain_the_pattern()
    {
        var log = await File.ReadAllLinesAsync(Repository.PathOf("samples", "data", "access-log"));

        var run = await FileBasedProgram.Run("samples/copipe.cs");

        Assert.Equal(log.Where(line => line.Contains("python", StringComparison.Ordinal)), run.Output.TrimEnd().Split('\n'));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Cobroadcast_prints_what_each_of_three_filters_lets_through()
    {
        var log = await File.ReadAllLinesAsync(Repository.PathOf("samples", "data", "access-log"));
        string[] patterns = ["python", "ply", "swig"];
        var expected = log.SelectMany(line => patterns.Where(pattern => line.Contains(pattern, StringComparison.Ordinal)).Select(_ => line)).ToArray();

        var run = await FileBasedProgram.Run("samples/cobroadcast.cs");

        Assert.Equal([.. expected, $"{expected.Length} lines from three filters"], run.Output.TrimEnd().Split('\n'));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Basicsax_prints_every_event()
    {
        var feed = System.Xml.Linq.XDocument.Load(Repository.PathOf("samples", "data", "buses.xml"));
        var elements = feed.Descendants().Count();

        var run = await FileBasedProgram.Run("samples/basicsax.cs");

        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal("start buses", lines[0]);
        Assert.Equal("end buses", lines[^1]);
        Assert.Equal(elements, lines.Count(line => line.StartsWith("start ", StringComparison.Ordinal)));
        Assert.Equal(elements, lines.Count(line => line.StartsWith("end ", StringComparison.Ordinal)));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Cosax_prints_the_path_of_each_text()
    {
        var feed = System.Xml.Linq.XDocument.Load(Repository.PathOf("samples", "data", "buses.xml"));
        var expected = feed.Descendants().Where(element => !element.HasElements && element.Value.Length > 0)
            .Select(element => $"buses/bus/{element.Name.LocalName} = {element.Value}");

        var run = await FileBasedProgram.Run("samples/cosax.cs");

        Assert.Equal(expected, run.Output.TrimEnd().Split('\n'));
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("simple-yield", SimpleYield)]
    [InlineData("yield-from", YieldFrom)]
    [InlineData("grep-close", GrepClose)]
    public async Task Generator_samples_print_what_their_Python_originals_print(string sample, string expected)
    {
        if (Repository.Shared($"golden/{sample.Replace('-', '_')}.txt") is { } golden)
        {
            Assert.Equal(await File.ReadAllTextAsync(golden), expected);
        }

        var run = await FileBasedProgram.Run($"samples/{sample}.cs");

        Assert.Equal(expected, run.Output);
        Assert.Empty(run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Wordcount_counts_as_sort_and_uniq_do()
    {
        const string Script = @"tr -cs '[:alpha:]' '\n' < LICENSE | tr A-Z a-z | sed '/^$/d' | sort | uniq -c | sort -k1,1nr -k2 | head";
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", Script]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, Environment = { ["LC_ALL"] = "C" } })!;
        var expected = await shell.StandardOutput.ReadToEndAsync();

        var run = await FileBasedProgram.Run("samples/wordcount.cs");

        Assert.Equal(10, expected.TrimEnd().Split('\n').Length);
        Assert.Equal(expected, run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Branch_merge_prints_its_graph_and_what_its_branches_find()
    {
        var log = await File.ReadAllLinesAsync(Repository.PathOf("samples", "data", "access-log"));

        var run = await FileBasedProgram.Run("samples/branch-merge.cs");

        var (graph, report) = (run.Output[..run.Output.IndexOf("what", StringComparison.Ordinal)], run.Output[run.Output.IndexOf("what", StringComparison.Ordinal)..].TrimEnd().Split('\n'));
        Assert.StartsWith("flowchart LR\n", graph, StringComparison.Ordinal);
        Assert.Equal(log.Count(line => line.Contains("\" 404 ", StringComparison.Ordinal)), report.Count(line => line.StartsWith("missing: ", StringComparison.Ordinal)));
        Assert.Equal(log.Count(line => line.Contains("POST ", StringComparison.Ordinal)), report.Count(line => line.StartsWith("post: ", StringComparison.Ordinal)));
        Assert.Equal("what  where", report[0]);
        Assert.Equal($"total:   {log.Length} requests", report[^1]);
        Assert.Equal(0, run.ExitCode);
    }
}
