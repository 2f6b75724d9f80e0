using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice.Tests;

/// <summary>Descriptors: none leaks, and a server outlives that there are none left.</summary>
[Trait("Category", "Network")]
[Collection(WholeProcess.Name)] // what it limits and counts is the process's: no other test runs beside it
[Trait("Configuration", "Release")]
public sealed class WholeProcessSocketTests
{
    private const int Descriptors = 7;

    /// <summary>The time that the soak takes, in seconds: 10, or what the environment says (300 for a long one).</summary>
    private static readonly TimeSpan s_soak = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("SLUICE_SOAK_SECONDS") ?? "10", CultureInfo.InvariantCulture));

    /// <summary>More than the buffers between two sockets hold for a peer that does not read.</summary>
    private static readonly byte[] s_much = new byte[8_000_000];

    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_no_descriptor_is_left_a_server_reports_it_and_goes_on(bool portable)
    {
        if (OperatingSystem.IsLinux())
        {
            Run(portable, () => ServeWithoutDescriptorsAsync(exhaust: false)); // loads all that needs descriptors to be loaded
            Run(portable, () => ServeWithoutDescriptorsAsync(exhaust: true));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Category", "Stress")]
    public void A_busy_server_returns_all_descriptors_and_memory(bool portable)
    {
        SoakFor(TimeSpan.FromSeconds(1)); // what is made once
        var (descriptors, memory) = Measure();
        var connections = SoakFor(s_soak / 2);
        var (descriptorsAfter, memoryAfter) = Measure();

        Assert.InRange(connections, 100, int.MaxValue);
        Assert.InRange(descriptorsAfter, 0, descriptors + 16); // the runtime may open a few of its own
        Assert.InRange(memoryAfter, 0, memory + 4_000_000);

        int SoakFor(TimeSpan time)
        {
            var connections = 0;
            Run(portable, async () => connections = await SoakAsync(time), time);
            return connections;
        }
    }

    private static async Task ServeWithoutDescriptorsAsync(bool exhaust)
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var (errors, reported, served) = (new List<Exception>(), new LoopEvent(), 0);
        await TaskGroup.RunAsync(async group =>
        {
            using var first = await LoopStream.ConnectTcpAsync((IPEndPoint)listener.LocalEndPoint);
            using (exhaust ? new NoDescriptors() : null)
            {
                group.Start(() => listener.ServeAsync(
                    stream =>
                    {
                        served++;
                        return stream.WriteLineAsync("hello").AsTask();
                    },
                    error =>
                    {
                        errors.Add(error);
                        reported.Set();
                    }));
                if (exhaust)
                {
                    await reported.WaitAsync();
                    Assert.Equal(0, served);
                }
            }

            Assert.Equal("hello", await first.ReadLineAsync());
            using var second = await LoopStream.ConnectTcpAsync((IPEndPoint)listener.LocalEndPoint);
            Assert.Equal("hello", await second.ReadLineAsync());
            listener.Dispose();
        });
        Assert.Equal(exhaust, errors.Count > 0);
        Assert.All(errors, error => Assert.Equal(SocketError.TooManyOpenSockets, Assert.IsType<SocketException>(error).SocketErrorCode));
    }

    /// <summary>Clients of all manners, some hundred in a second.</summary>
    private static async Task<int> SoakAsync(TimeSpan time)
    {
        var (connections, handled) = (0, 0);
        using var listener = LoopListener.ListenTcp(AnyPort);
        await TaskGroup.RunAsync(async group =>
        {
            group.Start(() => listener.ServeAsync(
                async stream =>
                {
                    handled++;
                    while (await stream.ReadLineAsync(1000) is { } line)
                    {
                        await (line switch
                        {
                            "fail" => throw new FormatException(line),
                            "much" => stream.WriteAsync(s_much),
                            _ => stream.WriteLineAsync(line),
                        });
                    }
                },
                error => Assert.True(error is SocketException or InvalidDataException or FormatException, $"{error}")));
            await TaskGroup.RunAsync(async clients =>
            {
                for (var watch = Stopwatch.StartNew(); watch.Elapsed < time; connections++)
                {
                    var manner = connections % 7;
                    clients.Start(() => BeAsync(manner, (IPEndPoint)listener.LocalEndPoint));
                    await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(4));
                }
            });
            listener.Dispose();
        });
        Assert.InRange(handled, 1, connections);
        return connections;
    }

    private static async Task BeAsync(int manner, IPEndPoint server)
    {
        using var stream = await LoopStream.ConnectTcpAsync(server);
        switch (manner)
        {
            case 0: // polite
                for (var i = 0; i < 10; i++)
                {
                    await stream.WriteLineAsync($"line {i}");
                    Assert.Equal($"line {i}", await stream.ReadLineAsync());
                }

                break;
            case 1: // says that it is done, and reads the rest
                await stream.WriteLineAsync("last");
                stream.ShutdownWrite();
                Assert.Equal("last", await stream.ReadLineAsync());
                Assert.Null(await stream.ReadLineAsync());
                break;
            case 2: // silent, and gone without a word after a while
                await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(50));
                break;
            case 3: // does not read what it gets: the close becomes a reset
                await stream.WriteLineAsync("reset");
                await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(5));
                break;
            case 4: // asks for more than the buffers hold, and reads none of it
                await stream.WriteLineAsync("much");
                await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(5));
                break;
            case 5: // makes its handler fail
                await stream.WriteLineAsync("fail");
                Assert.Null(await stream.ReadLineAsync());
                break;
            default: // gives up on an answer that does not come, and sends a line that is too long
                Assert.False(await CancelScope.MoveOnAfter(TimeSpan.FromMilliseconds(5)).RunAsync(async () => await stream.ReadLineAsync().AsTask() is null));
                await stream.WriteAsync(new byte[2000]);
                break;
        }
    }

    private static void Run(bool portable, Func<Task> main, TimeSpan longer = default) =>
        OnLoop.Run(main, new EventLoopOptions { HandleSignals = false, PortableSockets = portable }, longer: longer);

    private static (int Descriptors, long Memory) Measure()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return (OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0, GC.GetTotalMemory(forceFullCollection: true));
    }

    /// <summary>Takes the process's descriptors away until it is disposed of.</summary>
    private sealed class NoDescriptors : IDisposable
    {
        private readonly Limit _old;
        private readonly List<FileStream> _fill = [];

        internal NoDescriptors()
        {
            Assert.Equal(0, GetLimit(Descriptors, out _old));
            var highest = Directory.GetFiles("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
            Set(_old with { Soft = (ulong)highest + 1 });
            try
            {
                while (true)
                {
                    _fill.Add(new("/dev/null", FileMode.Open, FileAccess.Read));
                }
            }
            catch (IOException) // full
            {
            }
        }

        public void Dispose()
        {
            Set(_old);
            _fill.ForEach(file => file.Dispose());
        }

        private static void Set(Limit limit) => Assert.Equal(0, SetLimit(Descriptors, in limit));

        [DllImport("libc", EntryPoint = "getrlimit")]
        private static extern int GetLimit(int resource, out Limit limit);

        [DllImport("libc", EntryPoint = "setrlimit")]
        private static extern int SetLimit(int resource, in Limit limit);

        private readonly record struct Limit(ulong Soft, ulong Hard);
    }
}
