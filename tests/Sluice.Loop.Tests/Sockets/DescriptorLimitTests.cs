using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>Servers as processes of their own, whose descriptors run out: they say so on standard error, and serve again when there are some.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class DescriptorLimitTests
{
    private const int Limit = 200;
    private const string Exhausted = "Too many open files";

    private static readonly Lazy<ProgramSet> s_programs = new(static () => ProgramSet.Of("descriptors", [("careless", Careless)]));

    /// <summary>It uses neither of the console's streams before its descriptors run out.</summary>
    private static string Careless => $$"""
        #:project {{Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}}
        #:property PublishAot=false
        using System.Net;
        using Sluice;

        EventLoop.Run(async () =>
        {
            using var listener = LoopListener.ListenTcp(new(IPAddress.Loopback, int.Parse(args[0])));
            await listener.ServeAsync(
                async client =>
                {
                    if (await client.ReadLineAsync() is { } line)
                    {
                        await client.WriteLineAsync(line);
                    }
                },
                error => Console.Error.WriteLine(error.Message));
        });
        """;

    [Theory]
    [InlineData("echo", null)]
    [InlineData("chat", "your name?")]
    public async Task A_sample_whose_descriptors_run_out_reports_it_and_goes_on(string sample, string? greeting)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // the limit is set by a shell, which Windows lacks
        }

        using var server = new Server(await ProgramSet.Samples.ExecutableOfAsync(sample), FreePort());
        Assert.Contains($"127.0.0.1:{server.Port}", await Wait.For(server.Process.StandardOutput.ReadLineAsync(), "the server's first line"), StringComparison.Ordinal);

        await server.ExhaustAsync();

        using var client = server.Connect();
        Assert.Equal(greeting ?? "hello", await client.AskAsync("hello"));
        Assert.False(server.Process.HasExited);
    }

    [Fact]
    public async Task A_server_that_opens_standard_error_only_in_its_error_callback_reports_it_and_goes_on()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var server = new Server(await s_programs.Value.ExecutableOfAsync("careless"), FreePort());
        await Wait.Until(server.Answers, "the server to listen");

        await server.ExhaustAsync();

        using var client = server.Connect();
        Assert.Equal("hello", await client.AskAsync("hello"));
        Assert.False(server.Process.HasExited);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed class Server(string program, int port) : IDisposable
    {
        internal int Port => port;

        internal Process Process { get; } = FileBasedProgram.Launch(
            "bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {Limit}; exec '{program}' {port}")]);

        /// <summary>Connects more clients than it has descriptors for, until it says so, and lets them go.</summary>
        internal async Task ExhaustAsync()
        {
            var clients = new List<Client>();
            for (var i = 0; i < Limit; i++)
            {
                clients.Add(Connect());
            }

            var line = await Wait.For(Process.StandardError.ReadLineAsync(), "the server to say that it has no descriptor left");
            Assert.True(line?.Contains(Exhausted, StringComparison.Ordinal) == true, line ?? "(the end)");
            clients.ForEach(static client => client.Dispose());
        }

        internal bool Answers()
        {
            Assert.False(Process.HasExited);
            try
            {
                Connect().Dispose();
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        internal Client Connect() => new(port);

        public void Dispose()
        {
            Process.Kill();
            Process.Dispose();
        }
    }

    private sealed class Client : IDisposable
    {
        private readonly TcpClient _client = new();

        internal Client(int port) => _client.Connect(IPAddress.Loopback, port);

        internal async Task<string?> AskAsync(string line)
        {
            var stream = _client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
            using var reader = new StreamReader(stream, leaveOpen: true);
            return await Wait.For(reader.ReadLineAsync(), $"the answer to '{line}'");
        }

        public void Dispose() => _client.Dispose();
    }
}
