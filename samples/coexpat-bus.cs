#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:project ../src/Sluice.Expat/Sluice.Expat.csproj
#:project shared/Shared.csproj
#:property PublishAot=false

// The stages of buses.cs behind another source: a file's bytes are sent to Expat, and its events to the same stages.
//   dotnet run samples/coexpat-bus.cs -- [file]

using System.Runtime.CompilerServices;
using System.Xml;
using Samples;
using Sluice;

const string Usage = "usage: coexpat-bus [file], where - is standard input";
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
    using var feed = args is ["-"] ? Console.OpenStandardInput() : File.OpenRead(args.FirstOrDefault() ?? Feed());
    await Source.Bytes(feed)
        .Through(Expat.Parse())
        .Through<Bus>(BusStages.ToBuses)
        .Where(bus => bus.Route == "22")
        .Where(bus => bus.Direction == "North Bound")
        .Select(bus => bus.ToString())
        .To(Sink.WriteLines())
        .RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException or DllNotFoundException)
{
    Console.Error.WriteLine($"coexpat-bus: {error.Message}");
    return 1;
}

static string Feed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");
