using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The buses sample as a job that is killed while it runs, against a run that nothing disturbs.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed partial class DurableBusesSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Killed_in_the_middle_of_the_document_it_writes_the_same_buses_to_the_byte() => Seed.Run(1, async random =>
    {
        const int Kills = 4;
        var feed = _folder.Write("feed.xml", Route().Replace(await File.ReadAllTextAsync(Repository.PathOf("samples", "data", "buses.xml")), "<route>22<")); // so that many match
        var expected = await FileBasedProgram.Run("samples/buses.cs", feed);
        Assert.True(expected.Output.Count(c => c == '\n') > 20, expected.Output);
        var (output, resumed, sample) = (_folder.PathOf("buses.txt"), 0, await ProgramSet.Samples.ExecutableOfAsync("buses"));
        string[] arguments = [feed, "--durable", _folder.PathOf("buses.db"), "--output", output, "--pace"];
        for (var run = 1; run <= Kills; run++)
        {
            using var job = FileBasedProgram.Launch(sample, [.. arguments, "4"]); // 45 seconds for the whole feed
            resumed += await BeginsAsync(job, run) ? 1 : 0;
            for (var checkpoints = random.Next(1, 3); checkpoints > 0; checkpoints--)
            {
                Assert.Contains(" committed, ", await Wait.For(job.StandardError.ReadLineAsync()), StringComparison.Ordinal);
            }

            await Task.Delay(random.Next(300)); // when it is killed decides what it has to do again, and nothing else
            Assert.False(job.HasExited, "It has ended by itself.");
            job.Kill();
            await Wait.For(job.WaitForExitAsync(), "the sample");
        }

        using var last = FileBasedProgram.Launch(sample, [.. arguments, "100000"]);
        Assert.True(await BeginsAsync(last, Kills + 1));
        var end = await Wait.For(last.StandardError.ReadToEndAsync());
        await Wait.For(last.WaitForExitAsync(), "the sample");

        Assert.True(last.ExitCode == 0, end);
        Assert.Equal(Kills - 1, resumed);
        Assert.Equal(expected.Output, await File.ReadAllTextAsync(output));
    });

    [Theory]
    [InlineData("--source expat", "only --source bytes can")]
    [InlineData("-", "standard input cannot be read again")]
    [InlineData("--pace 0", "a whole number of buses from 1 on, not '0'")]
    public async Task As_a_job_it_says_in_one_line_what_cannot_be(string arguments, string says)
    {
        var run = await FileBasedProgram.Run("samples/buses.cs", ["--durable", _folder.PathOf("none.db"), .. arguments.Split(' ')]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(says, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("none.db")));
    }

    /// <summary>Reads the lines up to the one that says from where it begins.</summary>
    /// <returns>Whether that is a checkpoint.</returns>
    private static async Task<bool> BeginsAsync(Process job, int run)
    {
        while (true)
        {
            var line = await Wait.For(job.StandardError.ReadLineAsync());
            Assert.NotNull(line);
            if (line.StartsWith("buses: ", StringComparison.Ordinal))
            {
                Assert.StartsWith($"buses: run {run}, ", line, StringComparison.Ordinal);
                return line.Contains(" goes on at checkpoint ", StringComparison.Ordinal);
            }
        }
    }

    [GeneratedRegex("<route>[^<]*<")]
    private static partial Regex Route();
}
