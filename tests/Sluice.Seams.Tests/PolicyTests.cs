using Sluice.Tests;

namespace Sluice.Seams.Tests;

/// <summary>Stages of one's own under error policies: one that numbers its items, and one that cannot go on behind a failure.</summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task An_operator_goes_on_counting_when_a_policy_has_started_it_again()
    {
        var errors = new List<string>();
        var stage = Stage.FromOperator<int, string>(static next => new Numbering(next), "Numbering")
            .OnError(ErrorPolicy.Retry(1)).OnError(ErrorPolicy.Skip, letter => errors.Add(letter.Error.Message));

        Assert.Equal(["1: 5", "4: 6", "6: 7"], await Wait.For(Source.From([5, -1, -1, 6, -1, 7]).Through(stage).To(Sink.ToList<string>()).RunAsync()));
        Assert.Equal(["item 2", "item 3", "item 5"], errors);
    }

    [Fact]
    public void A_stage_that_cannot_go_on_refuses_policies_with_its_reason()
    {
        var stage = Stage.Create<int, int>(Stages.Pass, "Parse").RefusingPolicies("its items are parts of a message.");

        Assert.StartsWith("'Parse' takes no error policy: its items are parts of a message.", Assert.Throws<ArgumentException>("policy", () => stage.OnError(ErrorPolicy.Skip)).Message, StringComparison.Ordinal);
    }

    private sealed class Numbering(Target<string> next) : Operator<int, string>(next)
    {
        private long _count;

        public override ValueTask SendAsync(int item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            _count++;
            return item < 0 ? FailAsync(new FormatException($"item {_count}")) : Next.SendAsync($"{_count}: {item}");
        }

        protected override void StartAfter(long items) => _count = items;
    }
}
