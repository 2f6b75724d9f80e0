using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Peers that say nothing.</summary>
[Trait("Category", "Network")]
public sealed class KeepAliveTests
{
    private static readonly TimeSpan s_third = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_silent_peer_is_asked_twice_and_lost_at_the_deadline()
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var heard = new Heard();
        var connection = new Connection(one, new ConnectionOptions { Time = _time });
        connection.Start(heard);
        _time.Advance(s_third);
        Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
        _time.Advance(s_third);
        Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
        _time.Advance(s_third - TimeSpan.FromMilliseconds(1));
        Assert.False(heard.End.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var cause = Assert.IsType<TimeoutException>(await Wait.For(heard.End));
        Assert.Contains("silent for 15 seconds", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_answers_is_not_lost()
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        using var received = new SemaphoreSlim(0);
        var heard = new Heard { OnReceived = (_, _, _) => received.Release() };
        var connection = new Connection(one, new ConnectionOptions { Time = _time });
        connection.Start(heard);
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(s_third);
            Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
            peer.Send([.. RawPeer.Frame(FrameKind.Pong, 0), .. RawPeer.Frame(20, 0)]); // the frame shows when the pong was heard
            Assert.True(received.Wait(Wait.Limit));
        }

        Assert.False(heard.End.IsCompleted);
        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public async Task A_process_that_was_stopped_for_long_asks_before_it_gives_its_peer_up()
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var heard = new Heard();
        var connection = new Connection(one, new ConnectionOptions { Time = _time });
        connection.Start(heard);
        _time.Advance(TimeSpan.FromHours(1)); // one late tick
        Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
        Assert.False(heard.End.IsCompleted);
        _time.Advance(s_third);
        Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
        _time.Advance(s_third);
        Assert.IsType<TimeoutException>(await Wait.For(heard.End));
    }

    [Fact]
    public void Silence_may_be_allowed()
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var heard = new Heard();
        var connection = new Connection(one, new ConnectionOptions { Time = _time, SilenceTimeout = Timeout.InfiniteTimeSpan });
        connection.Start(heard);
        _time.Advance(TimeSpan.FromDays(1));
        connection.Begin(20, 0);
        connection.End();
        Assert.Equal(20, peer.Receive().Kind);
        Assert.False(heard.End.IsCompleted);
        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_peer_whose_end_is_awaited_is_asked_at_once_and_lost_when_the_shorter_time_has_passed(int secondsOfSilence)
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var heard = new Heard();
        var connection = new Connection(one, new ConnectionOptions { Time = _time, SilenceTimeout = secondsOfSilence == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(200) });
        connection.Start(heard);
        _time.Advance(TimeSpan.FromSeconds(secondsOfSilence % 60)); // it has been silent before, which does not count
        connection.LimitSilence(3 * s_third);
        connection.LimitSilence(TimeSpan.FromHours(1)); // once is enough
        Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(s_third);
            Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
        }

        _time.Advance(s_third - TimeSpan.FromMilliseconds(1));
        Assert.False(heard.End.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("silent for 15 seconds", Assert.IsType<TimeoutException>(await Wait.For(heard.End)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_whose_end_is_awaited_and_that_answers_may_take_its_time()
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        using var received = new SemaphoreSlim(0);
        var heard = new Heard { OnReceived = (_, _, _) => received.Release() };
        var connection = new Connection(one, new ConnectionOptions { Time = _time, SilenceTimeout = Timeout.InfiniteTimeSpan });
        connection.Start(heard);
        connection.LimitSilence(3 * s_third);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(FrameKind.Ping, peer.Receive().Kind);
            peer.Send([.. RawPeer.Frame(FrameKind.Pong, 0), .. RawPeer.Frame(20, 0)]);
            Assert.True(received.Wait(Wait.Limit));
            _time.Advance(s_third);
        }

        Assert.False(heard.End.IsCompleted);
        connection.Abort(new InvalidOperationException("The test is over."));
    }
}
