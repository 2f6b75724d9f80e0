#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:project ../src/Sluice.PostgreSql/Sluice.PostgreSql.csproj
#:package System.CommandLine
#:property PublishAot=false

// Loads orders from a file of CSV or JSON Lines into a table of SQLite or PostgreSQL. Rows that are no orders go to the table bad_rows, with
// line, text and error. It is a durable job: whatever ends it (also kill -9), started again it goes on, and each row is there exactly once.
//   dotnet run samples/etl.cs -- [orders.csv|orders.jsonl] [--to orders.db] [--follow]
//   dotnet run samples/etl.cs -- orders.csv --to "Host=localhost;Username=postgres;Database=shop"

using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using Sluice;
using Sluice.Durable;

const string Tables = """
    CREATE TABLE IF NOT EXISTS orders(id BIGINT PRIMARY KEY, customer TEXT NOT NULL, amount NUMERIC NOT NULL, day DATE NOT NULL);
    CREATE TABLE IF NOT EXISTS bad_rows(file TEXT NOT NULL, line BIGINT NOT NULL, text TEXT NOT NULL, error TEXT NOT NULL, PRIMARY KEY(file, line))
    """;

var file = new Argument<string>("file") { Description = "The orders: CSV with a header, or JSON Lines if the name ends with .jsonl. Without it a small file that comes with the samples.", DefaultValueFactory = _ => SmallFile() };
var to = new Option<string>("--to") { Description = "A SQLite file, or the connection string of PostgreSQL. The state of the job is there too.", DefaultValueFactory = _ => "orders.db" };
var follow = new Option<bool>("--follow") { Description = "Wait for more rows at the end of the file." };
file.Validators.Add(static found =>
{
    if (found.Tokens is [{ Value: ['-', ..] option }])
    {
        found.AddError(option == "-" ? "A job cannot read standard input again from its middle. Write it to a file." : $"Unrecognized option '{option}'.");
    }
});
var command = new RootCommand("Loads orders from CSV or JSON Lines into a table, each exactly once.") { file, to, follow };
var arguments = command.Parse(args);
if (arguments.Errors is [var wrong, ..])
{
    Console.Error.WriteLine($"etl: {wrong.Message} See --help.");
    return 2;
}

command.SetAction((found, cancellation) => Try(found.GetValue(file)!, () => Load(Path.GetFullPath(found.GetValue(file)!), found.GetValue(to)!, found.GetValue(follow), cancellation)));
return await arguments.InvokeAsync();

static async Task Load(string path, string to, bool follow, CancellationToken cancellation)
{
    var isServer = to.Contains('=');
    await using DbConnection connection = isServer ? new NpgsqlConnection(to) : new SqliteConnection($"Data Source={to}");
    await connection.OpenAsync(cancellation);
    await ExecuteAsync(connection, Tables);

    // In the database of the job's store rows are part of the checkpoint's transaction. An order with a known id replaces the one before.
    await using CheckpointStore store = isServer ? Checkpoints.PostgreSql(to) : Checkpoints.Sqlite(to);
    var orders = isServer ? Sink.PostgreSqlUpsert(to, "orders", ["id"], Order.Columns) : Sink.SqliteUpsert(to, "orders", ["id"], Order.Columns);
    var badRows = isServer ? Sink.PostgreSqlInsert(to, "bad_rows", BadRow.Columns) : Sink.SqliteInsert(to, "bad_rows", BadRow.Columns);

    var lines = Source.Lines<Line>(path, () => (text, number) => new Line(path, number, Encoding.UTF8.GetString(text)), follow);
    var rows = Path.GetExtension(path) == ".jsonl" ? lines.Select(Row.OfJson) : lines.Through<Row>(ReadCsv);
    var job = rows
        .Route([(row => row.Order is not null, Stage.Select<Row, Order>(row => row.Order!) | orders)], otherwise: Stage.Select<Row, BadRow>(row => row.Bad!) | badRows)
        .AsJob($"load {path}", store, new JobOptions { Interval = TimeSpan.FromSeconds(1), OnCheckpoint = TellFailure });
    var run = await job.StartAsync();
    Console.Error.WriteLine($"etl: run {run.Epoch}, {(run.Committed is { Number: > 0 } checkpoint ? $"goes on at checkpoint {checkpoint.Number}" : "from the beginning")}; Ctrl+C suspends it");
    using var interrupted = cancellation.Register(() => _ = run.StopAsync(JobStop.Suspend));
    await run.Completion;
    Console.WriteLine($"{to} has {await ExecuteAsync(connection, "SELECT count(*) FROM orders")} orders and {await ExecuteAsync(connection, "SELECT count(*) FROM bad_rows")} bad rows");

    static void TellFailure(CheckpointReport report)
    {
        if (report.Failure is not null)
        {
            Console.Error.WriteLine(report);
        }
    }
}

// The first line names the columns. It is a local variable, so a run that goes on in the middle of the file knows them.
static async Coroutine ReadCsv(Inbox<Line> lines, Target<Row> next)
{
    var header = await lines.ReceiveAsync();
    var columns = Csv.Fields(header.Text);
    if (Csv.Columns.Except(columns).ToArray() is [var missing, ..])
    {
        throw new InvalidDataException($"the header '{header.Text}' has no column '{missing}'");
    }

    await foreach (var line in lines)
    {
        await next.SendAsync(Row.OfCsv(line, columns));
    }
}

static async Task<object?> ExecuteAsync(DbConnection connection, string sql)
{
    await using var statement = connection.CreateCommand();
    statement.CommandText = sql;
    return await statement.ExecuteScalarAsync();
}

static async Task<int> Try(string path, Func<Task> run)
{
    try
    {
        await run();
        return 0;
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or StoreException or InvalidOperationException or DbException or ArgumentException)
    {
        Console.Error.WriteLine($"etl: {path}: {error.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("etl: interrupted");
        return 130;
    }
}

static string SmallFile([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "orders.csv");

internal sealed record Line(string File, long Number, string Text);

internal sealed record Order(long Id, string Customer, decimal Amount, DateOnly Day)
{
    internal static TableSinkOptions<Order> Columns { get; } = new()
    {
        Columns = [new("id", order => order.Id), new("customer", order => order.Customer), new("amount", order => order.Amount), new("day", order => order.Day)],
    };
}

internal sealed record BadRow(Line Line, string Error)
{
    internal static TableSinkOptions<BadRow> Columns { get; } = new()
    {
        Columns = [new("file", row => row.Line.File), new("line", row => row.Line.Number), new("text", row => row.Line.Text), new("error", row => row.Error)],
    };
}

/// <summary>An order, or a line that is none: an error is a value here, so that it goes to its table in the same checkpoint.</summary>
internal sealed record Row(Order? Order, BadRow? Bad)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Web) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    internal static Row OfCsv(Line line, IReadOnlyList<string> columns) => Of(line, () => Csv.Order(line.Text, columns));

    internal static Row OfJson(Line line) => Of(line, () => JsonSerializer.Deserialize<Order>(line.Text, s_json) ?? throw new FormatException("null is no order"));

    private static Row Of(Line line, Func<Order> parse)
    {
        try
        {
            return new(parse(), null);
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return new(null, new BadRow(line, error.Message));
        }
    }
}

/// <summary>CSV as in RFC 4180, but that a line is a row: what is between quotes has no line breaks.</summary>
internal static class Csv
{
    internal static readonly string[] Columns = ["id", "customer", "amount", "day"];

    internal static Order Order(string text, IReadOnlyList<string> columns)
    {
        var fields = Fields(text);
        return fields.Length != columns.Count ? throw new FormatException($"{fields.Length} fields instead of {columns.Count}")
            : !long.TryParse(Field("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? throw Wrong("id", "a whole number")
            : Field("customer") is not { Length: > 0 } customer ? throw Wrong("customer", "a name")
            : !decimal.TryParse(Field("amount"), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? throw Wrong("amount", "a number")
            : !DateOnly.TryParseExact(Field("day"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? throw Wrong("day", "a date like 2026-01-31")
            : new Order(id, customer, amount, day);

        string Field(string column) => fields[columns.Index().First(named => named.Item == column).Index];
        FormatException Wrong(string column, string what) => new($"{column} is '{Field(column)}', not {what}");
    }

    internal static string[] Fields(string text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' when isQuoted && i + 1 < text.Length && text[i + 1] == '"':
                    field.Append(text[i++]);
                    break;
                case '"' when isQuoted || field.Length == 0:
                    isQuoted = !isQuoted;
                    break;
                case ',' when !isQuoted:
                    fields.Add(field.ToString());
                    field.Clear();
                    break;
                default:
                    field.Append(text[i]);
                    break;
            }
        }

        return isQuoted ? throw new FormatException("a quote is not closed") : [.. fields, field.ToString()];
    }
}
