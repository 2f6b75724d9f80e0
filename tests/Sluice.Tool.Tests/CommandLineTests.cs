using Sluice.Tool;

namespace Sluice.Tests;

/// <summary>The command line itself: what it says of a wrong one, and the program.</summary>
[Collection("Programs")]
public sealed class CommandLineTests : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("No option says which store is meant. Give --sqlite FILE, or put a connection string of PostgreSQL into the variable SLUICE_POSTGRESQL. See --help.", "list")]
    [InlineData("--sqlite, --postgresql and --postgresql-variable are different stores; give one. See --help.", "list", "--sqlite", "a.db", "--postgresql", "Host=b")]
    [InlineData("--schema is for PostgreSQL. See --help.", "list", "--sqlite", "a.db", "--schema", "s")]
    [InlineData("Required argument 'JOB' missing for command: 'show'. See --help.", "show", "--sqlite", "a.db")]
    [InlineData("Unrecognized command or argument '--loud'. See --help.", "list", "--loud")]
    [InlineData("Required command was not provided. See --help.")]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(string error, params string[] arguments) =>
        Assert.Equal(error, (await ToolRun.RunAsync(["jobs", .. arguments])).Failed(2));

    [Theory]
    [InlineData("There is no environment variable 'SLUICE_NONE'.", "--postgresql-variable", "SLUICE_NONE")]
    [InlineData("--postgresql is no connection string of PostgreSQL. It is written Host=...;Database=...;Username=...;Password=...", "--postgresql", "Hots=h;Password=secret")]
    [InlineData("'Sluice' cannot be a schema of the tables: it has 1 to 63 lower-case letters, digits and underscores, and does not begin with a digit.", "--postgresql", "Host=h", "--schema", "Sluice")]
    public async Task A_store_that_cannot_be_is_one_line_and_exit_code_1(string error, params string[] arguments) =>
        Assert.Equal(error, (await ToolRun.RunAsync(["jobs", "list", .. arguments])).Failed());

    [Fact]
    public async Task A_file_that_is_missing_or_of_another_program_is_left_alone()
    {
        var missing = _folder.PathOf("missing.db");
        Assert.Equal($"There is no file '{missing}'. Give the path that the program gives to Checkpoints.Sqlite.", (await ToolRun.OnFileAsync(missing, "list")).Failed());
        Assert.False(File.Exists(missing));

        var text = _folder.Write("text.db", "this is no database of SQLite, as anyone can see who looks at it");
        Assert.Contains("is damaged: SQLite cannot read it", (await ToolRun.OnFileAsync(text, "list")).Failed(), StringComparison.Ordinal);

        var other = _folder.PathOf("other.db");
        await SqliteText.ExecuteAsync(other, "CREATE TABLE mine(n INTEGER)");
        var before = await File.ReadAllBytesAsync(other);
        Assert.Equal($"SQLite file '{other}' has no jobs.\n", (await ToolRun.OnFileAsync(other, "list")).Succeeded());
        Assert.Equal(before, await File.ReadAllBytesAsync(other));
    }

    [Fact]
    public async Task The_commands_of_the_documentation_are_understood()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "durable.md"));
        var commands = page.Split('\n').Select(static line => line.TrimStart('$', ' ')).Where(static line => line.StartsWith("sluice ", StringComparison.Ordinal)).ToList();

        Assert.InRange(commands.Count, 10, 100);
        Assert.All(commands, static command => Assert.Empty(ToolProgram.Parse(command.Split(' ')[1..], ToolConsole.OfProcess()).Errors));
    }

    [Fact]
    public async Task The_program_says_the_same_by_its_exit_code_and_its_outputs()
    {
        var file = _folder.PathOf("jobs.db");
        await using (var store = Checkpoints.Sqlite(file))
        {
            await using var session = await store.OpenAsync("j");
            await session.SuspendAsync();
        }

        var list = await RunAsync("jobs", "list", "--sqlite", file);
        var missing = await RunAsync("jobs", "show", "k", "--sqlite", file);

        Assert.Equal((0, "JOB  STATE      NEWEST  AGE  NAMED\nj    suspended    none\n", ""), (list.ExitCode, list.Output, list.Error));
        Assert.Equal((1, "", $"sluice: SQLite file '{file}' has no job 'k'. It has: j.\n"), (missing.ExitCode, missing.Output, missing.Error));
    }

    private static Task<FileBasedProgram.Outcome> RunAsync(params string[] arguments) =>
        FileBasedProgram.Start("dotnet", [Repository.PathOf("src", "Sluice.Tool", "bin", Configuration, "net10.0", "Sluice.Tool.dll"), .. arguments]);
}
