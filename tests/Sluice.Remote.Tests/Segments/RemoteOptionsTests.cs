namespace Sluice.Tests;

/// <summary>The ranges of what environments outside of this process have in common.</summary>
public sealed class RemoteOptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_048_577)]
    public void A_capacity_out_of_range_is_refused(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpOptions { Capacity = capacity });

    [Theory]
    [InlineData(1)]
    [InlineData(1_048_576)]
    public void A_capacity_in_range_is_taken(int capacity) =>
        Assert.Equal(capacity, new ProcessOptions { Capacity = capacity }.Capacity);

    [Fact]
    public void A_frame_has_128_MiB_by_default_and_at_least_one_KiB()
    {
        Assert.Equal((128 << 20, 128 << 20), (new ProcessOptions().MaxFrameSize, new TcpOptions().MaxFrameSize));
        Assert.Equal(1024, new TcpOptions { MaxFrameSize = 1024 }.MaxFrameSize);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessOptions { MaxFrameSize = 1023 });
    }

    [Fact]
    public void Whoever_is_silent_for_no_time_is_not_lost_for_it()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpOptions { SilenceTimeout = TimeSpan.Zero });
        Assert.Equal(Timeout.InfiniteTimeSpan, new TcpOptions { SilenceTimeout = Timeout.InfiniteTimeSpan }.SilenceTimeout);
    }
}
