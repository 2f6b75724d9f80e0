using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>Pauses between dials of a connection that broke: each dial that fails, and each transport that brings nothing, makes the next one longer, up to two
/// seconds, until something gets across. Once they grew only to a quarter of a second behind transports that brought nothing, and a dial that failed after those began at 20
/// milliseconds again.</summary>
[Trait("Category", "Network")]
public sealed class RedialPausesTests
{
    private const byte Plain = 20;

    [Theory]
    [InlineData("let in each time")]
    [InlineData("let in three times")] // and cut off in the handshake from then on
    [InlineData("let in every other time")]
    public async Task Pauses_grow_by_dials_that_fail_and_by_transports_that_bring_nothing_alike(string kind)
    {
        var time = new NotedTime();
        using var server = new CuttingServer(number => number == 0 ? 0 : kind switch
        {
            "let in three times" => number < 3 ? 0 : null,
            "let in every other time" => number % 2 == 1 ? 0 : null,
            _ => 0,
        });
        var heard = new Heard();
        var connection = WireClient.Connect(server.EndPoint, Dialing(ByLoopback, time, silence: Timeout.InfiniteTimeSpan));
        connection.Start(heard);

        await Wait.For(heard.End, "the client to give up");

        AssertGrow(time.Pauses);
        Assert.InRange(time.Pauses.Count, 15, 60);
    }

    [Fact]
    public async Task Pauses_begin_again_when_something_was_acknowledged()
    {
        const int Fruitful = 9;
        var time = new NotedTime();
        using var server = new CuttingServer(static number => number == Fruitful ? 1 : number < 2 || number % 3 == 0 || number > Fruitful ? 0 : null);
        var connection = WireClient.Connect(server.EndPoint, Dialing(ByLoopback, time, silence: Timeout.InfiniteTimeSpan));
        connection.Begin(Plain, 0).WriteByte(1);
        connection.End();
        var heard = new Heard();
        connection.Start(heard);

        await Wait.Until(() => server.Connections == 2 + (Fruitful / 3) || heard.End.IsCompleted, "the connection that brings something");
        var before = time.Pauses.Count;
        server.Cut();
        await Wait.For(heard.End, "the client to give up");

        var pauses = time.Pauses;
        AssertGrow(pauses.Take(before));
        Assert.Equal(Fruitful - 2, before); // the first two dials come at once
        AssertGrow(pauses.Skip(before + 1)); // that it has brought something is known only when the client is let in again
        Assert.True(pauses.Count > before + 10);
    }

    /// <summary>Each is twice as long as the one before it, of which up to the half is left out by chance. Near the end of the window it is what is left of that, and
    /// so is the time that a dial may take.</summary>
    private static void AssertGrow(IEnumerable<TimeSpan> pauses)
    {
        var (whole, passed) = (20.0, TimeSpan.Zero);
        foreach (var pause in pauses)
        {
            passed += pause;
            if (passed > TimeSpan.FromSeconds(27))
            {
                return;
            }

            Assert.InRange(pause.TotalMilliseconds, whole / 2, whole);
            whole = Math.Min(2 * whole, 2000);
        }
    }

    /// <summary>A clock that passes by each pause, and notes it.</summary>
    private sealed class NotedTime : PauselessTime
    {
        private readonly List<TimeSpan> _pauses = [];

        internal IReadOnlyList<TimeSpan> Pauses
        {
            get
            {
                lock (_pauses)
                {
                    return [.. _pauses];
                }
            }
        }

        private protected override void Passing(TimeSpan pause)
        {
            lock (_pauses)
            {
                _pauses.Add(pause);
            }
        }
    }
}
