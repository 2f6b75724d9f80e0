#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:project ../src/Sluice.Expat/Sluice.Expat.csproj
#:project shared/Shared.csproj
#:package System.CommandLine
#:property PublishAot=false

// The bus feed: XML events become bus records, which are filtered by route and direction and printed. The stages are in
// shared/BusStages.cs; what the events are made by can be chosen, and where the filters run.
//   dotnet run samples/buses.cs -- [file] [--route 22] [--direction "North Bound"] [--source reader|expat|bytes]
//                                  [--on inline|thread|process|tcp]
// As a durable job it goes on in the middle of the document, whatever has ended it; at ten buses a second there is time for kill -9:
//   dotnet run samples/buses.cs -- --durable buses.db --output buses.txt --pace 10

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Xml;
using Samples;
using Sluice;
using Sluice.Durable;

var sources = new Dictionary<string, Func<Stream, Source<XmlEvent>>>
{
    ["reader"] = feed => XmlEvents.Read(feed),
    ["expat"] = feed => Expat.Read(feed),
    ["bytes"] = feed => Utf8Xml.Read(feed),
};
string[] places = ["inline", "thread", "process", "tcp"];

var file = new Argument<string>("file") { Description = "The feed, - for standard input; without it a small one that comes with the samples.", DefaultValueFactory = _ => SmallFeed() };
var route = new Option<string>("--route") { Description = "Only buses of this route.", DefaultValueFactory = _ => "22" };
var direction = new Option<string>("--direction") { Description = "Only buses of this direction.", DefaultValueFactory = _ => "North Bound" };
var source = new Option<string>("--source") { Description = $"What makes the events: {string.Join(", ", sources.Keys)}.", DefaultValueFactory = _ => "reader" };
var place = new Option<string>("--on") { Description = $"Where the filters run: {string.Join(", ", places)}; tcp is a worker in this process, reached over a socket.", DefaultValueFactory = _ => "inline" };
var durable = new Option<string?>("--durable") { Description = "The SQLite file of a durable job, which goes on where it stood when it is started again. Its events are made of bytes." };
var output = new Option<string>("--output") { Description = "The file that a durable job writes its buses to, each exactly once.", DefaultValueFactory = _ => "buses.txt" };
var pace = new Option<int>("--pace") { Description = "How many buses a durable job reads in a second, at the most.", DefaultValueFactory = _ => 1_000_000 };
MustBeOneOf("source", source, sources.Keys);
MustBeOneOf("place", place, places);
pace.Validators.Add(static found =>
{
    if (found.Tokens is [{ Value: var text }] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var buses) && buses > 0))
    {
        found.AddError($"--pace is a whole number of buses from 1 on, not '{text}'.");
    }
});
file.Validators.Add(static found =>
{
    if (found.Tokens is [{ Value: ['-', _, ..] option }])
    {
        found.AddError($"Unrecognized option '{option}'.");
    }
});
var command = new RootCommand("Prints the buses of a route and direction.") { file, route, direction, source, place, durable, output, pace };
command.Validators.Add(found =>
{
    if (found.GetValue(durable) is null)
    {
        return;
    }

    if (found.GetValue(file) == "-")
    {
        found.AddError("--durable reads a file: standard input cannot be read again from its middle.");
    }
    else if (found.GetResult(source) is { Implicit: false } && found.GetValue(source) != "bytes")
    {
        found.AddError("--durable goes on in the middle of a document, which only --source bytes can.");
    }
});

var arguments = command.Parse(args);
if (arguments.Errors is [var wrong, ..])
{
    Console.Error.WriteLine($"buses: {wrong.Message} See --help.");
    return 2;
}

command.SetAction((found, cancellation) => Try(found.GetValue(file)!, async () =>
{
    var security = new TcpSecurity { AllowInsecureLoopback = true };
    await using var worker = found.GetValue(place) == "tcp" ? WorkerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new() { Security = security }) : null;
    var env = found.GetValue(place) switch
    {
        "thread" => Env.Thread(),
        "process" => Env.Process(),
        "tcp" => Env.Tcp(worker!.LocalEndPoint, new() { Security = security }),
        _ => Env.Inline,
    };
    Wanted wanted = new(found.GetValue(route)!, found.GetValue(direction)!, env);
    await (found.GetValue(durable) is { } store
        ? RunJob(found.GetValue(file)!, store, found.GetValue(output)!, found.GetValue(pace), wanted, cancellation)
        : PrintBuses(found.GetValue(file)!, sources[found.GetValue(source)!], wanted, cancellation));
}));
return await arguments.InvokeAsync();

static async Task PrintBuses(string path, Func<Stream, Source<XmlEvent>> source, Wanted wanted, CancellationToken cancellation)
{
    using var feed = OpenFeed(path);
    var progress = new Progress(feed);
    var (read, matched) = (0, 0);
    var buses = wanted.Of(source(feed)
            .Through<Bus>(BusStages.ToBuses)
            .Tap(_ => progress.Show(++read)))
        .Tap(_ => matched++)
        .Tap(_ => progress.Clear())
        .Select(bus => bus.ToString())
        .To(Sink.WriteLines());

    await buses.RunAsync(cancellation);
    progress.Clear();
    var seconds = progress.Elapsed.TotalSeconds;
    var speed = feed.CanSeek ? FormattableString.Invariant($", {feed.Position / 1e6 / seconds:F1} MB/s") : "";
    Console.Error.WriteLine(FormattableString.Invariant($"{read} buses read, {matched} matched, {seconds:F2} s{speed}"));
}

// The same stages. A checkpoint has the place in the file, what the parser knows of the document there, and the bus that is half read; the sink
// takes back what came after it.
static async Task RunJob(string path, string database, string output, int pace, Wanted wanted, CancellationToken cancellation)
{
    await using var store = Checkpoints.Sqlite(database);
    var job = wanted.Of(Source.Bytes(path, chunkSize: 4096)
            .Through(Utf8Xml.Parse())
            .Through<Bus>(BusStages.ToBuses)
            .RateLimit(pace, TimeSpan.FromSeconds(1)))
        .Select(bus => bus.ToString())
        .To(Sink.WriteLines(output))
        .AsJob("buses", store, new JobOptions { Interval = TimeSpan.FromSeconds(0.5), OnCheckpoint = Console.Error.WriteLine });
    var run = await job.StartAsync();
    Console.Error.WriteLine($"buses: run {run.Epoch}, {(run.Committed is { Number: > 0 } checkpoint ? $"goes on at checkpoint {checkpoint.Number}" : "from the beginning")}; Ctrl+C suspends it");
    using var interrupted = cancellation.Register(() => _ = run.StopAsync(JobStop.Suspend));
    await run.Completion;
    Console.Error.WriteLine($"buses: all are in {output}");
}

static async Task<int> Try(string path, Func<Task> run)
{
    try
    {
        await run();
        return 0;
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException or DllNotFoundException or StoreException or InvalidOperationException or NotPortableException or SnapshotException)
    {
        Console.Error.WriteLine($"buses: {(path == "-" ? "standard input" : path)}: {error.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("buses: interrupted");
        return 130;
    }
}

static void MustBeOneOf(string what, Option<string> option, IEnumerable<string> names) => option.Validators.Add(found =>
{
    if (found.Tokens is [var name] && !names.Contains(name.Value))
    {
        found.AddError($"Unknown {what} '{name.Value}': {string.Join(", ", names)}.");
    }
});

static Stream OpenFeed(string path) => path == "-" ? Console.OpenStandardInput()
    : Directory.Exists(path) ? throw new IOException("This is a directory, not a file.")
    : new FileStream(path, FileMode.Open, FileAccess.Read);

static string SmallFeed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");

/// <summary>The buses to print, and where they are looked for.</summary>
internal sealed record Wanted(string Route, string Direction, Env Env)
{
    internal Source<Bus> Of(Source<Bus> buses)
    {
        var (route, direction) = (Route, Direction);
        return buses.On(Env)
            .Where(bus => bus.Route == route)
            .Where(bus => bus.Direction == direction)
            .On(Env.Caller);
    }
}

/// <summary>A bar on standard error, if that is a terminal and reading takes more than a moment.</summary>
internal sealed class Progress(Stream feed)
{
    private const int MaxBar = 40;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(200);

    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _next = s_moment;
    private bool _isShown;

    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    internal void Show(int read)
    {
        if (read % 256 != 0 || Console.IsErrorRedirected || Elapsed < _next)
        {
            return;
        }

        _next = Elapsed + s_moment;
        _isShown = true;
        Console.Error.Write($"\r{Bar(read, feed.CanSeek ? (double)feed.Position / feed.Length : null)}\e[K");
    }

    /// <summary>No longer than a line of the terminal, whose width is that of standard output: elsewhere there is no bar.</summary>
    private static string Bar(int read, double? part)
    {
        var width = Console.IsOutputRedirected ? 0 : Console.WindowWidth;
        var text = part is null ? $"{read} buses" : FormattableString.Invariant($"{part * 100,3:F0} % {read} buses");
        var bar = Math.Min(MaxBar, width - text.Length - 4); // brackets, a blank, and the last column, which wraps
        return part is not null && bar > 0 ? $"[{new string('#', (int)(part * bar)).PadRight(bar)}] {text}"
            : width == 0 || text.Length < width ? text
            : text[..(width - 1)];
    }

    internal void Clear()
    {
        if (_isShown)
        {
            Console.Error.Write("\r\e[K");
            _isShown = false;
        }
    }
}
