using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Tests;

/// <summary>Listening, connecting and serving.</summary>
public abstract partial class SocketContract
{
    [Fact]
    public void Thousands_connect_at_once() => Run(() => TaskGroup.RunAsync(async group =>
    {
        const int Clients = 2000;
        using var listener = LoopListener.ListenTcp(AnyPort, new() { Backlog = 4096 });
        var (served, connected, all, answered) = (0, 0, new LoopEvent(), 0);
        group.Start(() => listener.ServeAsync(stream =>
        {
            served++;
            return EchoAsync(stream);
        }));
        await TaskGroup.RunAsync(clients =>
        {
            for (var i = 0; i < Clients; i++)
            {
                var number = i;
                clients.Start(async () =>
                {
                    using var stream = await ConnectAsync(listener);
                    if (++connected == Clients)
                    {
                        all.Set();
                    }

                    await all.WaitAsync(); // all are open at the same time
                    await stream.WriteLineAsync($"{number}");
                    Assert.Equal($"{number}", await stream.ReadLineAsync());
                    answered++;
                });
            }

            return Task.CompletedTask;
        });
        Assert.Equal((Clients, Clients), (served, answered));
        listener.Dispose();
    }));

    [Fact]
    public void A_refused_connect_says_so() => Run(async () =>
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(AnyPort); // no one listens, and no one else gets the port
        var address = (IPEndPoint)bound.LocalEndPoint!;
        Task<LoopStream>[] connects = [LoopStream.ConnectTcpAsync(address), LoopStream.ConnectTcpAsync([address, address]), LoopStream.ConnectTcpAsync("127.0.0.1", address.Port)];
        foreach (var connect in connects)
        {
            Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(() => connect)).SocketErrorCode);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => LoopStream.ConnectTcpAsync([]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LoopStream.ConnectTcpAsync("localhost", 65_536));
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<SocketException>(() => LoopStream.ConnectUnixAsync(folder.PathOf("nobody")));
    });

    [Fact]
    public void The_first_address_that_answers_is_connected_to() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(AnyPort);
        using var client = await LoopStream.ConnectTcpAsync([(IPEndPoint)bound.LocalEndPoint!, (IPEndPoint)listener.LocalEndPoint]);
        Assert.Equal(listener.LocalEndPoint, client.RemoteEndPoint);
        using var named = await LoopStream.ConnectTcpAsync("localhost", ((IPEndPoint)listener.LocalEndPoint).Port);
        Assert.Equal(((IPEndPoint)listener.LocalEndPoint).Port, ((IPEndPoint)named.RemoteEndPoint!).Port);
    });

    [Fact]
    public void An_address_is_shared_only_if_both_say_so() => Run(async () =>
    {
        var shared = new LoopListenOptions { ReusePort = true };
        using var first = LoopListener.ListenTcp(AnyPort, shared);
        var address = (IPEndPoint)first.LocalEndPoint;
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => LoopListener.ListenTcp(address)).SocketErrorCode);
        using var second = LoopListener.ListenTcp(address, shared);
        Assert.Equal(address, second.LocalEndPoint);
        Assert.Throws<ArgumentOutOfRangeException>(() => LoopListener.ListenTcp(AnyPort, new() { Backlog = 0 }));
        await EventLoop.YieldAsync();
    });

    [Fact]
    public void The_file_of_a_Unix_socket_goes_with_its_listener() => Run(async () =>
    {
        using var folder = new TemporaryFolder();
        using var listener = Listen(unix: true, folder);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => Listen(unix: true, folder)).SocketErrorCode);
        Assert.True(File.Exists(folder.PathOf("s")));
        listener.Dispose();
        Assert.False(File.Exists(folder.PathOf("s")));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await listener.AcceptAsync());
    });

    [Fact]
    public void One_accepts_at_a_time_and_disposing_ends_it() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var accepting = listener.AcceptAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await listener.AcceptAsync());
        listener.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting);
    });

    [Fact]
    public void A_connection_that_is_reset_before_it_is_accepted_is_not_the_listeners_failure() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        Reset(RawClient(listener));
        using var client = await ConnectAsync(listener);
        await client.WriteLineAsync("here");
        using var first = await listener.AcceptAsync();
        if (OperatingSystem.IsLinux()) // elsewhere it is not given out at all
        {
            await Assert.ThrowsAsync<SocketException>(async () => await first.ReadAsync(new byte[1]));
            using var second = await listener.AcceptAsync();
            Assert.Equal("here", await second.ReadLineAsync());
        }
    });

    [Fact]
    public void A_handler_that_fails_is_reported_and_the_others_go_on() => Run(() => TaskGroup.RunAsync(async group =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        List<string> errors = [];
        group.Start(() => listener.ServeAsync(
            async stream =>
            {
                var line = await stream.ReadLineAsync();
                if (line == "fail")
                {
                    throw new FormatException("bad");
                }

                await stream.WriteLineAsync($"{line}!");
            },
            error => errors.Add(error.Message)));
        using var other = await ConnectAsync(listener);
        for (var i = 0; i < 3; i++)
        {
            using var client = await ConnectAsync(listener);
            await client.WriteLineAsync("fail");
            Assert.Null(await client.ReadLineAsync()); // its connection is closed
        }

        await other.WriteLineAsync("still here");
        Assert.Equal("still here!", await other.ReadLineAsync());
        Assert.Equal(["bad", "bad", "bad"], errors);
        listener.Dispose();
    }));

    [Fact]
    public void Half_open_connections_end_by_a_time_limit_and_hold_up_nobody() => Run(() => TaskGroup.RunAsync(async group =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var ended = new List<string>();
        group.Start(() => listener.ServeAsync(async stream =>
        {
            switch (await stream.ReadLineAsync())
            {
                case "silent":
                    await Limited("silent", async () => await stream.ReadLineAsync());
                    break;
                case "takes nothing":
                    await Limited("takes nothing", async () => await stream.WriteAsync(new byte[Huge]));
                    break;
                default:
                    await EchoAsync(stream);
                    break;
            }
        }));
        using var polite = await ConnectAsync(listener);
        await polite.WriteLineAsync("polite");
        using var silent = Gone("silent\n");
        using var full = Gone("takes nothing\n");
        while (ended.Count < 2)
        {
            await polite.WriteLineAsync("still here");
            Assert.Equal("still here", await polite.ReadLineAsync());
        }

        Assert.Equal(["silent", "takes nothing"], ended.Order());
        polite.Dispose();
        listener.Dispose();

        async Task Limited(string what, Func<Task> wait)
        {
            Assert.False(await CancelScope.MoveOnAfter(TimeSpan.FromMilliseconds(50)).RunAsync(wait));
            ended.Add(what);
        }

        Socket Gone(string lastWords)
        {
            var client = RawClient(listener);
            client.Send(Encoding.ASCII.GetBytes(lastWords));
            return client;
        }
    }));

    [Fact]
    public void Serving_ends_when_the_listener_is_disposed_of_and_the_handlers_have_ended() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var serving = listener.ServeAsync(EchoAsync);
        using var client = await ConnectAsync(listener);
        await client.WriteLineAsync("before");
        Assert.Equal("before", await client.ReadLineAsync());
        listener.Dispose();
        await YieldAsync(5);
        await client.WriteLineAsync("after");
        Assert.Equal("after", await client.ReadLineAsync());
        Assert.False(serving.IsCompleted);
        client.Dispose();
        await serving;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => listener.ServeAsync(EchoAsync));
    });

    [Fact]
    public void Cancelling_the_serving_cancels_the_handlers_and_is_no_error_of_theirs() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var (scope, cancelled, errors) = (new CancelScope(), 0, 0);
        var serving = scope.RunAsync(() => listener.ServeAsync(
            async stream =>
            {
                try
                {
                    await EchoAsync(stream);
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                    throw;
                }
            },
            _ => errors++));
        using var client = await ConnectAsync(listener);
        await client.WriteLineAsync("x");
        Assert.Equal("x", await client.ReadLineAsync());
        scope.Cancel();
        Assert.False(await serving);
        Assert.Equal((1, 0), (cancelled, errors));
        Assert.Null(await client.ReadLineAsync());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_callback_that_waits_is_waited_for(bool isTask) => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var (reported, done, log) = (new LoopEvent(), new LoopEvent(), new List<string>());
        async Task ReportAsync(Exception error)
        {
            reported.Set();
            await done.WaitAsync();
            log.Add(error.Message);
        }

        var serving = isTask
            ? listener.ServeAsync(_ => throw new FormatException("bad"), error => ReportAsync(error))
            : listener.ServeAsync(_ => throw new FormatException("bad"), async error => await ReportAsync(error));
        using var client = await ConnectAsync(listener);
        await reported.WaitAsync();
        listener.Dispose();
        await EventLoop.YieldAsync();
        Assert.False(serving.IsCompleted);

        done.Set();

        await serving;
        Assert.Equal(["bad"], log);
    });

    /// <summary>A server that cannot write its log lost all its connections.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_error_callback_throws_does_not_end_the_serving(bool isAsync) => Run(() => TaskGroup.RunAsync(async group =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var reported = new LoopEvent();
        async Task HandleAsync(LoopStream stream)
        {
            var line = await stream.ReadLineAsync();
            await stream.WriteLineAsync(line == "fail" ? throw new FormatException("bad") : $"{line}!");
        }

        Exception Fail(Exception error)
        {
            reported.Set();
            return new InvalidCastException("worse", error);
        }

        group.Start(() => isAsync
            ? listener.ServeAsync(HandleAsync, async error =>
            {
                await EventLoop.YieldAsync();
                throw Fail(error);
            })
            : listener.ServeAsync(HandleAsync, error => throw Fail(error)));
        using var other = await ConnectAsync(listener);
        using var client = await ConnectAsync(listener);
        await client.WriteLineAsync("fail");
        Assert.Null(await client.ReadLineAsync());
        await reported.WaitAsync();
        await other.WriteLineAsync("still here");
        Assert.Equal("still here!", await other.ReadLineAsync());
        using var next = await ConnectAsync(listener);
        await next.WriteLineAsync("and new");
        Assert.Equal("and new!", await next.ReadLineAsync());
        listener.Dispose();
    }));

    [Fact]
    public void What_the_error_callback_throws_is_a_failure_that_no_one_has_looked_at()
    {
        var seen = new List<AggregateException>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs noted)
        {
            lock (seen)
            {
                seen.Add(noted.Exception);
            }
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            Run(async () =>
            {
                using var listener = LoopListener.ListenTcp(AnyPort);
                var serving = listener.ServeAsync(_ => throw new FormatException("the error"), error => throw new InvalidCastException("the report", error));
                using var client = await ConnectAsync(listener);
                Assert.Null(await client.ReadLineAsync());
                listener.Dispose();
                await serving;
            });
            Assert.True(SpinWait.SpinUntil(IsNoted, Wait.Limit), "The failure of the error callback was not told.");
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        bool IsNoted()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            lock (seen)
            {
                return seen.SelectMany(static noted => noted.Flatten().InnerExceptions).Select(static error => error.Message).Intersect(["the error", "the report"]).Count() == 2;
            }
        }
    }

    [Fact]
    public void Cancelling_the_serving_ends_an_error_callback_that_waits() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var (scope, reported) = (new CancelScope(), new LoopEvent());
        var serving = scope.RunAsync(() => listener.ServeAsync(_ => throw new FormatException("bad"), async error =>
        {
            reported.Set();
            await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan);
        }));
        using var client = await ConnectAsync(listener);
        await reported.WaitAsync();
        scope.Cancel();
        Assert.False(await serving);
    });
}
