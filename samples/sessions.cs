#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:package System.CommandLine
#:property PublishAot=false

// Sessions of a web access log: what a visitor looked at without a pause of half an hour, by the times in the log.
//   dotnet run samples/sessions.cs -- [file] [--gap 30] [--lateness 5] [--skip-bad]
// As a durable job, which follows the log and goes on where it stood, whatever has ended it (also kill -9):
//   dotnet run samples/sessions.cs -- access.log --durable sessions.db --output sessions.txt

using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Sluice;
using Sluice.Durable;

var file = new Argument<string>("file") { Description = "The log, - for standard input; without it a small one that comes with the samples.", DefaultValueFactory = _ => SmallLog() };
var gap = new Option<int>("--gap") { Description = "After how many minutes without a request a session is over.", DefaultValueFactory = _ => 30 };
var lateness = new Option<int>("--lateness") { Description = "How many minutes a line may be older than the newest one before it; an older one is dropped.", DefaultValueFactory = _ => 5 };
var skipBad = new Option<bool>("--skip-bad") { Description = "Go on after lines that are not those of an access log, and count them." };
var durable = new Option<string?>("--durable") { Description = "The SQLite file of a durable job, which follows the log until Ctrl+C and goes on there when it is started again." };
var output = new Option<string>("--output") { Description = "The file that a durable job writes its sessions to, each exactly once.", DefaultValueFactory = _ => "sessions.txt" };
file.Validators.Add(static found =>
{
    if (found.Tokens is [{ Value: ['-', _, ..] option }])
    {
        found.AddError($"Unrecognized option '{option}'.");
    }
});
gap.Validators.Add(found => AtLeast(found, gap, 1));
lateness.Validators.Add(found => AtLeast(found, lateness, 0));
var command = new RootCommand("Prints the sessions of a web access log: visitor, start, duration, pages, first and last page.") { file, gap, lateness, skipBad, durable, output };

var arguments = command.Parse(args);
if (arguments.Errors is [var wrong, ..])
{
    Console.Error.WriteLine($"sessions: {wrong.Message} See --help.");
    return 2;
}

command.SetAction((found, cancellation) =>
{
    var time = new EventTime<Request>(request => request.Time) { AllowedLateness = TimeSpan.FromMinutes(found.GetValue(lateness)), LateRule = LateRule.BehindWatermark, Scope = WatermarkScope.AllKeys };
    var (path, pause, policy) = (found.GetValue(file)!, TimeSpan.FromMinutes(found.GetValue(gap)), found.GetValue(skipBad) ? ErrorPolicy.Skip.For<FormatException>() : ErrorPolicy.Stop);
    return Try(path, () => found.GetValue(durable) is { } store ? RunJob(path, store, found.GetValue(output)!, time, pause, policy, cancellation) : PrintSessions(path, time, pause, policy, cancellation));
});
return await arguments.InvokeAsync();

static async Task PrintSessions(string path, EventTime<Request> time, TimeSpan gap, ErrorPolicy policy, CancellationToken cancellation)
{
    var (lines, sessions, late, bad) = (0, 0, 0, 0);
    var log = path == "-" ? Source.StandardInput() : Source.Lines(path);
    await SessionsOf(log.Select(text => new Line(++lines, text)), time.OnLate(_ => late++), gap, policy, _ => bad++)
        .Tap(_ => sessions++)
        .Select(session => session.ToString())
        .To(Sink.WriteLines())
        .RunAsync(cancellation);
    Console.Error.WriteLine($"{lines} lines, {sessions} sessions, {late} late lines dropped, {bad} bad lines skipped");
}

// The same stages; the source knows its line and its place in the file, and the sink takes back what came after the last checkpoint.
static async Task RunJob(string path, string database, string output, EventTime<Request> time, TimeSpan gap, ErrorPolicy policy, CancellationToken cancellation)
{
    await using var store = Checkpoints.Sqlite(database);
    var log = Source.Lines<Line>(path, () => (line, number) => new Line(number, Encoding.UTF8.GetString(line)), follow: true);
    var job = SessionsOf(log, time.OnLate(late => Console.Error.WriteLine($"late: {late}")), gap, policy, bad => Console.Error.WriteLine($"bad: {bad.Error.Message}"))
        .Select(session => session.ToString())
        .To(Sink.WriteLines(output))
        .AsJob("sessions", store, new JobOptions { Interval = TimeSpan.FromSeconds(1), OnCheckpoint = TellFailure });
    var run = await job.StartAsync();
    Console.Error.WriteLine($"sessions: run {run.Epoch}, {(run.Committed is { Number: > 0 } checkpoint ? $"goes on at checkpoint {checkpoint.Number}" : "from the beginning")}; Ctrl+C suspends it");
    using var interrupted = cancellation.Register(() => _ = run.StopAsync(JobStop.Suspend));
    await run.Completion;

    static void TellFailure(CheckpointReport report)
    {
        if (report.Failure is not null)
        {
            Console.Error.WriteLine(report);
        }
    }
}

static Source<Session> SessionsOf(Source<Line> log, EventTime<Request> time, TimeSpan gap, ErrorPolicy policy, Action<DeadLetter<Line>> onBad) => log
    .Through(Stage.Select<Line, Request>(Request.Parse).OnError(policy, onBad))
    .ForEachKey(request => request.Visitor, Stage.SessionWindow(time, gap), Session.Of);

static async Task<int> Try(string path, Func<Task> run)
{
    try
    {
        await run();
        return 0;
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or FormatException or StoreException or InvalidOperationException or NotPortableException or SnapshotException)
    {
        Console.Error.WriteLine($"sessions: {(path == "-" ? "standard input" : path)}: {error.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("sessions: interrupted");
        return 130;
    }
}

static void AtLeast(System.CommandLine.Parsing.OptionResult found, Option<int> option, int least)
{
    if (found.Tokens is [{ Value: var text }] && !(int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var minutes) && minutes >= least))
    {
        found.AddError($"{option.Name} is a whole number of minutes from {least} on, not '{text}'.");
    }
}

static string SmallLog([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "visits-log");

internal sealed record Line(long Number, string Text);

internal sealed record Session(string Visitor, DateTimeOffset Start, TimeSpan Duration, int Pages, string FirstPage, string LastPage)
{
    /// <summary>The requests of a session come in the order of the log, which may not be that of their times.</summary>
    internal static Session Of(string visitor, Window<Request> requests)
    {
        var inOrder = requests.Items.OrderBy(request => request.Time).ToArray();
        var (first, last) = (inOrder[0], inOrder[^1]);
        return new(visitor, first.Time, last.Time - first.Time, inOrder.Length, first.Page, last.Page);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Visitor} {Start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} {(long)Duration.TotalHours}:{Duration:mm\\:ss} {Pages} {FirstPage} {LastPage}");
}

internal sealed partial record Request(string Visitor, DateTimeOffset Time, string Page)
{
    private const int ShownLength = 60;

    /// <summary>Reads a line as Apache and nginx write it: the common format, and any text that follows it.</summary>
    internal static Request Parse(Line line)
    {
        if (Format().Match(line.Text) is { Success: true } match
            && DateTimeOffset.TryParseExact(match.Groups["time"].Value, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return new Request(match.Groups["visitor"].Value, time, match.Groups["page"] is { Success: true, Value: var page } ? page : "-");
        }

        var shown = line.Text.Length <= ShownLength ? line.Text : $"{line.Text[..ShownLength]}...";
        throw new FormatException($"line {line.Number} is not one of an access log: '{shown}'");
    }

    // A line may be about something else than a request for a page; its text is in quotes too. Its page is a dash.
    [GeneratedRegex("""^(?<visitor>\S+) \S+ .+? \[(?<time>[^\]]{26})\] "(?:[A-Z]+ (?<page>\S+) HTTP/[0-9.]+|(?:[^"\\]|\\.)*)" [0-9]{3} """, RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
