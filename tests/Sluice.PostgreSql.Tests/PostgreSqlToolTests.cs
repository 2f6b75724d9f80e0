using System.Diagnostics;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>The command line tool as a program, on this store. Its own tests are in Sluice.Tool.Tests.</summary>
[Collection(PostgreSqlCollection.Name)]
[Trait("Configuration", "Release")]
#pragma warning disable CA1001 // xunit calls DisposeAsync
public sealed class PostgreSqlToolTests(PostgreSqlServer server) : IAsyncLifetime
#pragma warning restore CA1001
{
    private PostgreSqlPlace _place = null!;

    public async Task InitializeAsync() => _place = await PostgreSqlPlace.MakeAsync(server);

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task It_finds_the_connection_string_in_a_variable_and_moves_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        await using var store = _place.Open();
        await using var session = await store.OpenAsync("j");
        await session.CommitAsync(new CheckpointCommit { Number = 4, Name = "four", Rows = new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[9] }] } });

        var list = await RunAsync(static _ => { }, "list");
        var owned = await RunAsync(static _ => { }, "delete", "j", "--yes");
        var exported = await RunAsync(static _ => { }, "export", "j", folder.PathOf("file"));
        var imported = await RunAsync(
            start => (start.Environment["OTHER"], start.Environment["SLUICE_POSTGRESQL"]) = (start.Environment["SLUICE_POSTGRESQL"], "Host=127.0.0.1;Port=1"),
            "import", folder.PathOf("file"), "--job", "k", "--postgresql-variable", "OTHER");

        Assert.Equal((0, ""), (list.ExitCode, list.Error));
        Assert.Matches(@"\nj +running: run 1, process \d+ on \S+ +4 +\d+ s  four\n$", list.Output);
        Assert.Equal((1, ""), (owned.ExitCode, owned.Output));
        Assert.StartsWith("sluice: Job 'j' is running: run 1, ", owned.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (exported.ExitCode, exported.Error));
        Assert.Equal((0, "Job 'k' is at checkpoint 4.\n", ""), (imported.ExitCode, imported.Output, imported.Error));
        await using var reader = await store.OpenReaderAsync("k");
        Assert.Equal(9, (await reader.MeasureAsync()).Single().StateBytes);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_line_and_exit_code_1()
    {
        var run = await RunAsync(static start => start.Environment["SLUICE_POSTGRESQL"] = "Host=127.0.0.1;Port=1;Username=u;Password=secret;Database=d", "list");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Matches($"^sluice: PostgreSQL database 'd' on 127.0.0.1:1, schema '{_place.Schema}' cannot be reached: [^\n]*\n$", run.Error);
        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }

    private Task<FileBasedProgram.Outcome> RunAsync(Action<ProcessStartInfo> change, params string[] arguments) => FileBasedProgram.Start(
        "dotnet", [Repository.PathOf("src", "Sluice.Tool", "bin", "Release", "net10.0", "Sluice.Tool.dll"), "jobs", .. arguments, "--schema", _place.Schema],
        start =>
        {
            start.Environment["SLUICE_POSTGRESQL"] = server.ConnectionString();
            change(start);
        });
}
