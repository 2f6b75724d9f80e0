#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:package System.CommandLine
#:property PublishAot=false

// Sessions of a web access log: what a visitor looked at without a pause of half an hour, by the times in the log.
//   dotnet run samples/sessions.cs -- [file] [--gap 30] [--lateness 5] [--skip-bad]

using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Sluice;

var file = new Argument<string>("file") { Description = "The log, - for standard input; without it a small one that comes with the samples.", DefaultValueFactory = _ => SmallLog() };
var gap = new Option<int>("--gap") { Description = "After how many minutes without a request a session is over.", DefaultValueFactory = _ => 30 };
var lateness = new Option<int>("--lateness") { Description = "How many minutes a line may be older than the newest one before it; an older one is dropped.", DefaultValueFactory = _ => 5 };
var skipBad = new Option<bool>("--skip-bad") { Description = "Go on after lines that are not those of an access log, and count them." };
file.Validators.Add(static found =>
{
    if (found.Tokens is [{ Value: ['-', _, ..] option }])
    {
        found.AddError($"Unrecognized option '{option}'.");
    }
});
gap.Validators.Add(found => AtLeast(found, gap, 1));
lateness.Validators.Add(found => AtLeast(found, lateness, 0));
var command = new RootCommand("Prints the sessions of a web access log: visitor, start, duration, pages, first and last page.") { file, gap, lateness, skipBad };

var arguments = command.Parse(args);
if (arguments.Errors is [var wrong, ..])
{
    Console.Error.WriteLine($"sessions: {wrong.Message} See --help.");
    return 2;
}

command.SetAction((found, cancellation) => PrintSessions(
    found.GetValue(file)!, TimeSpan.FromMinutes(found.GetValue(gap)), TimeSpan.FromMinutes(found.GetValue(lateness)), found.GetValue(skipBad), cancellation));
return await arguments.InvokeAsync();

static async Task<int> PrintSessions(string path, TimeSpan gap, TimeSpan lateness, bool skipBad, CancellationToken cancellation)
{
    var (lines, sessions, late, bad) = (0, 0, 0, 0);
    try
    {
        var log = path == "-" ? Source.StandardInput() : Source.Lines(path);
        var time = new EventTime<Request>(request => request.Time) { AllowedLateness = lateness, LateRule = LateRule.BehindWatermark, Scope = WatermarkScope.AllKeys };
        var pipeline = log
            .Select(text => new Line(++lines, text))
            .Through(Stage.Select<Line, Request>(Request.Parse).OnError(skipBad ? ErrorPolicy.Skip.For<FormatException>() : ErrorPolicy.Stop, _ => bad++))
            .ForEachKey(request => request.Visitor, Stage.SessionWindow(time.OnLate(_ => late++), gap), Session.Of)
            .Tap(_ => sessions++)
            .Select(session => session.ToString())
            .To(Sink.WriteLines());

        await pipeline.RunAsync(cancellation);
        Console.Error.WriteLine($"{lines} lines, {sessions} sessions, {late} late lines dropped, {bad} bad lines skipped");
        return 0;
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
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

internal sealed record Line(int Number, string Text);

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
