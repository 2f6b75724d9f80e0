#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:project shared/Shared.csproj
#:property PublishAot=false

// The buses of a route and direction, with the filters in a process of their own: this program, started again as a worker, which
// runs nothing but them and ends with the run.
//   dotnet run samples/coprocess.cs -- [file] [--verbose]

using System.Runtime.CompilerServices;
using System.Xml;
using Samples;
using Sluice;

var isVerbose = args.Contains("--verbose");
string[] files = [.. args.Where(arg => arg != "--verbose")];
const string Usage = "usage: coprocess [file] [--verbose], where - is standard input";
if (args is ["--help"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (files.Length > 1 || files is [['-', _, ..]])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

try
{
    Tell(isVerbose, "reads the feed");
    await (files is ["-"] ? XmlEvents.Read(Console.OpenStandardInput()) : XmlEvents.Read(files.FirstOrDefault() ?? Feed()))
        .Through<Bus>(BusStages.ToBuses)
        .On(Env.Process()) // what follows is sent there as a value, with what its lambdas have captured
        .Where(bus => bus.Route == "22")
        .Where(bus => bus.Direction == "North Bound")
        .Tap(bus => Tell(isVerbose, $"lets bus {bus.Id} pass"))
        .On(Env.Caller)    // and what follows this stays here
        .Select(bus => bus.ToString())
        .To(Sink.WriteLines())
        .RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException)
{
    Console.Error.WriteLine($"coprocess: {error.Message}");
    return 1;
}

// A worker's standard error is that of this process.
static void Tell(bool isVerbose, string what)
{
    if (isVerbose)
    {
        Console.Error.WriteLine($"process {Environment.ProcessId} {what}");
    }
}

static string Feed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");
