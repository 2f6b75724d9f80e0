using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Sluice.Bench;

/// <summary>A PostgreSQL server of its own on loopback, with a free port and its own settings of durability.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _server;

    private PostgreSqlServer(string folder, Process server, string connectionString) => (_folder, _server, ConnectionString) = (folder, server, connectionString);

    internal string ConnectionString { get; }

    /// <summary>Makes a database in a folder of its own and serves it.</summary>
    /// <returns>The server; null if PostgreSQL is not installed.</returns>
    internal static async Task<PostgreSqlServer?> StartAsync()
    {
        if ((Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : []).OrderDescending(StringComparer.Ordinal).FirstOrDefault() is not { } installed)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("sluice-bench-pg-").FullName;
        if (Environment.UserName == "root")
        {
            using var chown = Process.Start("chown", ["postgres", folder]); // PostgreSQL refuses to run as root
            await chown.WaitForExitAsync();
        }

        var data = Path.Combine(folder, "data");
        using (var initdb = Start(Path.Combine(installed, "bin", "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale"))
        {
            await initdb.StandardOutput.ReadToEndAsync();
            await initdb.WaitForExitAsync();
        }

        var port = FreePort.Find().ToString(CultureInfo.InvariantCulture);
        var server = Start(Path.Combine(installed, "bin", "postgres"), "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", $"port={port}", "-c", $"unix_socket_directories={folder}", "-c", "log_min_messages=fatal");
        var connectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
                await connection.OpenAsync();
                return new(folder, server, connectionString);
            }
            catch (Exception error) when (error is NpgsqlException or SocketException && tries < 200 && !server.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (var interrupt = Process.Start("kill", ["-INT", _server.Id.ToString(CultureInfo.InvariantCulture)])) // ends sessions, and then itself
        {
            await interrupt.WaitForExitAsync();
        }

        await _server.WaitForExitAsync();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Start(string program, params string[] arguments)
    {
        string[] command = Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", program, .. arguments] : [program, .. arguments];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" })!;
    }
}
