namespace Sluice.Tests;

/// <summary>The sample that is stopped and goes on in another process.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class HibernateSampleTests
{
    private const string Sample = "samples/hibernate.cs";

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(11)]
    public async Task Two_halves_print_what_one_whole_run_prints(int lines)
    {
        using var folder = new TemporaryFolder();
        var state = folder.PathOf("state");
        var whole = await FileBasedProgram.Run(Sample);

        var first = await FileBasedProgram.Run(Sample, "--state", state, "--stop-after", $"{lines}");
        Assert.True(File.Exists(state), first.Error);
        var second = await FileBasedProgram.Run(Sample, "--state", state);

        Assert.StartsWith("Chapter 1: Morning\n", whole.Output, StringComparison.Ordinal);
        Assert.EndsWith("3 chapters, 23 words\n", whole.Output, StringComparison.Ordinal);
        Assert.Equal(whole.Output, first.Output + second.Output);
        Assert.DoesNotContain("words", first.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (whole.ExitCode, first.ExitCode, second.ExitCode));
        Assert.False(File.Exists(state));
    }

    [Fact]
    public async Task A_damaged_state_is_said_in_one_line()
    {
        using var folder = new TemporaryFolder();

        var run = await FileBasedProgram.Run(Sample, "--state", folder.Write("state", "not a snapshot at all"));

        Assert.Equal("hibernate: These bytes are not a snapshot.\n", run.Error);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
    }
}
