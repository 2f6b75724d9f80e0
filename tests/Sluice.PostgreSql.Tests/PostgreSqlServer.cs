using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sluice.Tests;

/// <summary>A PostgreSQL server of its own on loopback, with a free port and a temporary folder. What survives a kill is what it wrote; it does not wait for the disk.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"sluice-pg-{Guid.NewGuid():N}");
    private Process? _server;

    public int Port { get; private set; }

    internal string ConnectionString(int? port = null, string database = "postgres") =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port ?? Port};Username=postgres;Database={database};Timeout=5");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        Own(_folder);
        await RunAsync(Program("initdb"), "-D", DataFolder, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync");
        Port = FreePort();
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task StartAsync()
    {
        // Processes of a server that was killed end by themselves, and the next one starts when they have.
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            _server ??= Process.Start(StartOf(
                Program("postgres"), "-D", DataFolder, "-c", "listen_addresses=127.0.0.1", "-c", $"port={Port}", "-c", $"unix_socket_directories={_folder}", "-c", "fsync=off", "-c", "log_min_messages=fatal", "-c", "logging_collector=off"))!;
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (Exception error) when (error is NpgsqlException or SocketException && watch.Elapsed < Wait.Limit)
            {
                if (_server.HasExited)
                {
                    _server.Dispose();
                    _server = null;
                }
            }
        }
    }

    internal async Task KillAsync()
    {
        _server!.Kill();
        await Wait.For(_server.WaitForExitAsync(), "the end of the server");
        _server.Dispose();
        _server = null;
    }

    /// <summary>Gives a folder to the user that the server runs as.</summary>
    internal static void Own(string folder)
    {
        if (IsRoot)
        {
            using var chown = Process.Start("chown", ["postgres", folder]);
            chown.WaitForExit();
            Assert.Equal(0, chown.ExitCode);
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    private string DataFolder => Path.Combine(_folder, "data");

    private async Task StopAsync()
    {
        if (_server is { } server)
        {
            using var interrupt = Process.Start("kill", ["-INT", server.Id.ToString(CultureInfo.InvariantCulture)]); // ends sessions, and then itself
            await Wait.For(interrupt.WaitForExitAsync(), "kill -INT");
            await Wait.For(server.WaitForExitAsync(), "the end of the server");
            server.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(StartOf(program, arguments))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await Wait.For(process.WaitForExitAsync(), program);
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{error}");
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static ProcessStartInfo StartOf(string program, params string[] arguments)
    {
        string[] command = IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", program, .. arguments] : [program, .. arguments];
        return new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
    }

    private static string Program(string name) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderDescending(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin", name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("PostgreSQL is missing, and the tests of its store start a server of their own. Install it: sudo apt-get install postgresql-15");
}

/// <summary>The tests that share the server.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // it is one
public sealed class PostgreSqlCollection : ICollectionFixture<PostgreSqlServer>
#pragma warning restore CA1711
{
    internal const string Name = "PostgreSQL";
}
