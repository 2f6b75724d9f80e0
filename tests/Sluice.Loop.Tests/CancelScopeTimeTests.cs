namespace Sluice.Tests;

/// <summary>The time limits of scopes.</summary>
public sealed class CancelScopeTimeTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public void A_scope_whose_time_is_over_moves_on() =>
        OnLoop.Run(async () =>
        {
            Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(2)).RunAsync(Sleep));
            Assert.Equal(2, OnLoop.Elapsed());
            Assert.True(await CancelScope.MoveOnAfter(OnLoop.Seconds(2)).RunAsync(() => EventLoop.SleepAsync(OnLoop.Seconds(1)).AsTask()));
            Assert.Equal(3, OnLoop.Elapsed());
            Assert.Equal(7, await CancelScope.MoveOnAfter(OnLoop.Seconds(2)).RunAsync(SleepFor5, whenCancelled: 7));
        });

    [Fact]
    public void A_scope_whose_time_is_over_fails() =>
        OnLoop.Run(async () =>
        {
            await Assert.ThrowsAsync<TimeoutException>(() => CancelScope.FailAfter(OnLoop.Seconds(2)).RunAsync(Sleep));
            Assert.Equal(2, OnLoop.Elapsed());
            await Assert.ThrowsAsync<TimeoutException>(() => CancelScope.FailAfter(TimeSpan.Zero).RunAsync(SleepFor5));
            Assert.Equal(5, await CancelScope.FailAfter(OnLoop.Seconds(60)).RunAsync(SleepFor5));
            Assert.True(await CancelScope.FailAfter(Timeout.InfiniteTimeSpan).RunAsync(() => Task.CompletedTask));
        });

    [Fact]
    public void A_time_of_zero_cancels_before_the_call_returns() =>
        OnLoop.Run(async () =>
        {
            var (scope, after) = (new CancelScope(), false);
            Assert.False(await scope.RunAsync(async () =>
            {
                scope.CancelAfter(OnLoop.Seconds(5));
                scope.CancelAfter(TimeSpan.Zero);
                Assert.True(scope.IsCancelled);
                Assert.True(scope.Token.IsCancellationRequested);
                Assert.Throws<ScopeCanceledException>(EventLoop.Checkpoint);
                await EventLoop.YieldAsync();
                after = true;
            }));
            Assert.False(after);

            var late = CancelScope.FailAfter(OnLoop.Seconds(1));
            await Assert.ThrowsAsync<TimeoutException>(() => late.RunAsync(async () =>
            {
                late.CancelAfter(TimeSpan.Zero);
                await EventLoop.YieldAsync();
            }));

            var before = new CancelScope();
            before.CancelAfter(TimeSpan.Zero);
            Assert.False(await before.RunAsync(() => EventLoop.YieldAsync().AsTask()));
            Assert.Equal(0, OnLoop.Elapsed());
        });

    [Theory]
    [InlineData(1, "1 second")]
    [InlineData(2, "2 seconds")]
    [InlineData(0.25, "0.25 seconds")]
    [InlineData(1.0 / 3, "0.333 seconds")]
    [InlineData(28.371234, "28.4 seconds")]
    [InlineData(3600, "3600 seconds")]
    public void A_time_in_a_message_is_in_seconds_and_rounded(double seconds, string said) =>
        OnLoop.Run(async () =>
        {
            var error = await Assert.ThrowsAsync<TimeoutException>(() => CancelScope.FailAfter(TimeSpan.FromSeconds(seconds)).RunAsync(() => EventLoop.SleepAsync(Timeout.InfiniteTimeSpan).AsTask()));
            Assert.Equal($"This took longer than {said}.", error.Message);
        });

    [Fact]
    public void The_earliest_time_limit_counts() =>
        OnLoop.Run(async () =>
        {
            Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(async () =>
            {
                await CancelScope.FailAfter(OnLoop.Seconds(5)).RunAsync(Sleep);
                Assert.Fail("The outer limit comes first.");
            }));
            Assert.True(await CancelScope.MoveOnAfter(OnLoop.Seconds(5)).RunAsync(async () => Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(Sleep))));
            Assert.Equal(2, OnLoop.Elapsed());
        });

    [Fact]
    public void A_time_limit_can_be_moved_and_taken_away() =>
        OnLoop.Run(async () =>
        {
            var scope = CancelScope.MoveOnAfter(OnLoop.Seconds(1));
            Assert.False(await scope.RunAsync(async () =>
            {
                scope.CancelAfter(Timeout.InfiniteTimeSpan);
                await EventLoop.SleepAsync(OnLoop.Seconds(5));
                scope.CancelAfter(OnLoop.Seconds(2));
                await Sleep();
            }));
            Assert.Equal(7, OnLoop.Elapsed());
            Assert.Contains(" 0 timers", EventLoop.Current.Dump(), StringComparison.Ordinal);
        });

    private static Task Sleep() => EventLoop.SleepAsync(s_long).AsTask();

    private static async Task<int> SleepFor5()
    {
        await EventLoop.SleepAsync(OnLoop.Seconds(5));
        return 5;
    }
}
