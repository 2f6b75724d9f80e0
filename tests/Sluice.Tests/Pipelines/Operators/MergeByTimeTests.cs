namespace Sluice.Tests;

public sealed class MergeByTimeTests : FanInContract
{
    protected override bool TakesTurns => true;

    protected override Source<int> Of(Source<int> first, Source<int> second) =>
        first.MergeByTime(x => DateTimeOffset.UnixEpoch.AddSeconds(x), second);

    protected override IEnumerable<int> Expected(int[] first, int[] second) => first.Concat(second).Order();
}
