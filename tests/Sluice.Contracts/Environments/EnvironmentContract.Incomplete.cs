using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Ends in the middle, and calls that are waited for: options and lambdas travel with the run.</summary>
public abstract partial class EnvironmentContract
{
    [Fact]
    public async Task The_end_of_the_input_in_the_middle_fails_the_run_and_says_where()
    {
        var run = Back(There(Source.From([-1, 5, 6, 0, -1, 7])).Through<List<int>>(Parts.Sentences, "sentences")).To(Sink.ToList<List<int>>()).RunAsync();

        var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run));
        Assert.Equal(("sentences", "Sentences > Sentence"), (error.StageName, error.DelegationPath));
        Assert.Equal("sentences", error.Data["Sluice.Stage"]);
        Assert.Contains("'Sentence' waited for more of it", error.Message, StringComparison.Ordinal);
        Assert.Contains("Sentence", Assert.IsType<InboxClosedException>(error.InnerException).StackTrace, StringComparison.Ordinal);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task The_end_of_the_input_in_the_middle_is_an_end_if_the_run_says_so()
    {
        var run = Back(There(Source.From([-1, 5, 6, 0, -1, 7])).Through<List<int>>(Parts.Sentences)).To(Sink.ToList<List<int>>())
            .RunAsync(new RunOptions { IncompleteInput = IncompleteInput.End });

        Assert.Equal([[5, 6]], await Wait.For(run));
    }

    [Fact]
    public async Task A_call_there_that_waits_is_done_before_the_next_begins_and_before_the_run_ends()
    {
        var post = Post;
        await Wait.For(There(Numbered(2)).Tap(async item =>
        {
            post.Say($"tap {item}");
            await Task.Yield();
            post.Say($"tapped {item}");
        }).To(Sink.ForEach<int>(async (item, token) =>
        {
            await Task.Yield();
            post.Say($"sink {item}");
        })).RunAsync());

        Assert.Equal(["tap 0", "tapped 0", "sink 0", "tap 1", "tapped 1", "sink 1"], _lookout.Heard);
    }

    [Fact]
    public async Task A_call_there_that_waits_and_fails_fails_the_run()
    {
        var run = There(Numbered(3)).To(Sink.ForEach<int>(async item =>
        {
            await Task.Yield();
            Stages.ThrowAt(item, 1, new FormatException("failed there"));
        }).Named("bad")).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(("failed there", "bad"), (error.Message, error.Data["Sluice.Stage"]));
    }
}
