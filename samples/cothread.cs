#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:project shared/Shared.csproj
#:property PublishAot=false

// The buses of a route and direction, with the filters on a thread of their own: while they filter, the feed is read on.
//   dotnet run samples/cothread.cs -- [file]

using System.Runtime.CompilerServices;
using System.Xml;
using Samples;
using Sluice;

const string Usage = "usage: cothread [file], where - is standard input";
if (args is ["--help"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (args.Length > 1 || args is [['-', _, ..]])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

try
{
    await (args is ["-"] ? XmlEvents.Read(Console.OpenStandardInput()) : XmlEvents.Read(args.FirstOrDefault() ?? Feed()))
        .Through<Bus>(BusStages.ToBuses)
        .On(Env.Thread()) // what follows runs there; between the two at most 1,024 buses wait
        .Where(bus => bus.Route == "22")
        .Where(bus => bus.Direction == "North Bound")
        .On(Env.Caller)   // and what follows this runs where the feed is read
        .Select(bus => bus.ToString())
        .To(Sink.WriteLines())
        .RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException)
{
    Console.Error.WriteLine($"cothread: {error.Message}");
    return 1;
}

static string Feed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");
