using System.Net;

namespace Sluice.Tests;

/// <summary>Parts that are given up at any time.</summary>
[Trait("Category", "Network")]
public sealed class WorkerListenerTests
{
    /// <summary>A part whose pipeline left between its blueprint and its preparation never ended, and the listener neither.</summary>
    [Fact]
    public async Task Runs_that_are_cancelled_at_any_point_of_their_start_leave_no_part_behind()
    {
        var security = new TcpSecurity { Secret = "known to both of us" };
        await using var worker = WorkerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new WorkerListenerOptions { Security = security });
        var pipeline = Source.From(Enumerable.Range(0, int.MaxValue)).On(Env.Tcp(worker.LocalEndPoint, new TcpOptions { Security = security })).Through<int>(Stages.Pass).To(Stages.Drain);
        for (var round = 0; round < 60; round++)
        {
            using var stop = new CancellationTokenSource();
            var run = pipeline.RunAsync(stop.Token);
            await Task.WhenAny(run, Task.Run(() => Thread.SpinWait(round * 20_000)));
            await stop.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        }

        await Wait.For(worker.DisposeAsync(), "all parts to end");
    }
}
