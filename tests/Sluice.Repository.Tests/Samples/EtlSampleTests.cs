using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Sluice.Tests;

/// <summary>The sample that loads orders: its tables after it was killed again and again, against those of a run that nothing disturbs.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class EtlSampleTests : IDisposable
{
    private const int Rows = 4000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "csv", false)]
    [InlineData(2, "jsonl", false)]
    [InlineData(3, "csv", true)]
    public Task Killed_while_its_file_grows_it_has_each_row_once(int seed, string format, bool isServer) => Seed.Run(seed, async random =>
    {
        const int Kills = 3;
        var server = isServer ? new PostgreSqlServer() : null;
        try
        {
            await (server?.InitializeAsync() ?? Task.CompletedTask);
            var (text, orders, badLines) = FileOf(format, random);
            var (file, to, sample) = (_folder.Write($"rows.{format}", ""), server?.ConnectionString() ?? _folder.PathOf("orders.db"), await ProgramSet.Samples.ExecutableOfAsync("etl"));
            for (var (run, written) = (1, 0); run <= Kills + 1; run++)
            {
                using var job = FileBasedProgram.Launch(sample, [file, "--to", to, "--follow"]);
                Assert.StartsWith($"etl: run {run}, ", await Wait.For(job.StandardError.ReadLineAsync()), StringComparison.Ordinal);
                var until = run > Kills ? text.Length : written + random.Next((text.Length - written) / 2); // also in the middle of a line
                await File.AppendAllTextAsync(file, text[written..until]);
                written = until;
                if (run <= Kills)
                {
                    await Task.Delay(random.Next(2000)); // when it is killed decides what it has to do again, and nothing else
                    job.Kill();
                    await Wait.For(job.WaitForExitAsync(), "the sample");
                    continue;
                }

                while (!(await RowsAsync(to, isServer, "SELECT id FROM orders")).Contains($"{Rows}"))
                {
                    Assert.False(job.HasExited, "It has ended by itself.");
                    await Task.Delay(20);
                }

                using var interrupt = Process.Start("kill", ["-INT", $"{job.Id}"]);
                await Wait.For(job.WaitForExitAsync(), "the sample");
                Assert.Equal(130, job.ExitCode);
            }

            const string Orders = "SELECT id, customer, amount, day FROM orders ORDER BY id";
            const string BadRows = "SELECT line, text, error FROM bad_rows ORDER BY line";
            Assert.Equal(orders, await RowsAsync(to, isServer, Orders));
            Assert.Equal(badLines, (await RowsAsync(to, isServer, BadRows)).Select(static row => row[..row.IndexOf('|', StringComparison.Ordinal)]));

            var undisturbed = await FileBasedProgram.Start(sample, [file, "--to", _folder.PathOf("undisturbed.db")]);
            Assert.Equal((0, $"{_folder.PathOf("undisturbed.db")} has {orders.Count} orders and {badLines.Count} bad rows\n"), (undisturbed.ExitCode, undisturbed.Output));
            Assert.Equal(await RowsAsync(_folder.PathOf("undisturbed.db"), false, Orders), await RowsAsync(to, isServer, Orders));
            Assert.Equal(await RowsAsync(_folder.PathOf("undisturbed.db"), false, BadRows), await RowsAsync(to, isServer, BadRows));
        }
        finally
        {
            await (server?.DisposeAsync() ?? Task.CompletedTask);
        }
    });

    [Fact]
    public async Task Without_a_file_it_loads_the_small_one_and_says_what_is_wrong_with_its_bad_rows()
    {
        var to = _folder.PathOf("small.db");

        var first = await FileBasedProgram.Run("samples/etl.cs", "--to", to);
        var again = await FileBasedProgram.Run("samples/etl.cs", "--to", to); // the job is finished

        Assert.Equal((0, $"{to} has 4 orders and 4 bad rows\n"), (first.ExitCode, first.Output));
        Assert.Equal((0, first.Output), (again.ExitCode, again.Output));
        Assert.Equal(["1|Ann|12.5|2026-01-05", "2|Müller, Bob|4.5|2026-01-07", "3|Carol \"CJ\" Jones|99.95|2026-01-06", "8|Heidi|-12|2026-01-08"], await RowsAsync(to, false, "SELECT id, customer, amount, day FROM orders ORDER BY id"));
        Assert.Equal(
            ["5|4,Dan,2026-01-06,free|amount is 'free', not a number", "6|5,Eve,06.01.2026,7.25|day is '06.01.2026', not a date like 2026-01-31", "7|6,\"Frank,2026-01-07,1|a quote is not closed", "8|7,Grace,2026-01-07|3 fields instead of 4"],
            await RowsAsync(to, false, "SELECT line, text, error FROM bad_rows ORDER BY line"));
    }

    [Theory]
    [InlineData("--colour", 2, "Unrecognized option '--colour'")]
    [InlineData("-", 2, "cannot read standard input again")]
    [InlineData("no-such-file", 1, "Could not find file")]
    [InlineData("samples", 1, "is a directory")]
    [InlineData("LICENSE", 1, "has no column 'id'")]
    public async Task It_says_in_one_line_what_is_wrong(string arguments, int exitCode, string says)
    {
        var run = await FileBasedProgram.Run("samples/etl.cs", [arguments, "--to", _folder.PathOf("none.db")]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("etl: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(says, Assert.Single(run.Error.TrimEnd().Split('\n'), static line => !line.StartsWith("etl: run 1, ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <summary>Thousands of rows, some of them no orders, some with the id of one before; the last one has an id of its own.</summary>
    private static (string Text, List<string> Orders, List<string> BadLines) FileOf(string format, Random random)
    {
        var isCsv = format == "csv";
        var (lines, orders, badLines) = (isCsv ? ["customer,id,amount,day"] : new List<string>(), new SortedDictionary<int, string>(), new List<string>());
        for (var i = 1; i <= Rows; i++)
        {
            var (id, amount, day) = (i < Rows && random.Next(5) == 0 ? random.Next(1, Rows / 2) : i, random.Next(-400, 40000) / 4m, new DateOnly(2026, 1, 1).AddDays(random.Next(300)));
            var isBad = i < Rows && random.Next(20) == 0;
            var badAmount = isBad ? "a lot" : amount.ToString(CultureInfo.InvariantCulture);
            lines.Add(isCsv
                ? string.Create(CultureInfo.InvariantCulture, $"\"{i}, \"\"Ann\"\"\",{id},{badAmount},{day:yyyy-MM-dd}")
                : string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"customer":"{{i}}, \"Ann\"","amount":{{badAmount}},"day":"{{day:yyyy-MM-dd}}"}"""));
            if (isBad)
            {
                badLines.Add($"{lines.Count}");
            }
            else
            {
                orders[id] = string.Create(CultureInfo.InvariantCulture, $"{id}|{i}, \"Ann\"|{amount:0.####}|{day:yyyy-MM-dd}");
            }
        }

        return (string.Join('\n', lines) + '\n', [.. orders.Values], badLines);
    }

    private static async Task<List<string>> RowsAsync(string to, bool isServer, string sql)
    {
        await using DbConnection connection = isServer ? new NpgsqlConnection(to + ";Pooling=false") : new SqliteConnection($"Data Source={to};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                double number => number.ToString("0.####", CultureInfo.InvariantCulture),
                decimal number => number.ToString("0.####", CultureInfo.InvariantCulture),
                DateTime day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            })));
        }

        return rows;
    }
}
