#!/usr/bin/env dotnet
#:project ../src/Sluice.Events/Sluice.Events.csproj
#:project ../src/Sluice.Loop/Sluice.Loop.csproj

// Compiled ahead of time: how many buses go each way, from a feed's events, on an event loop.
//   dotnet run samples/native.cs -- [file]
//   dotnet publish samples/native.cs --output DIRECTORY      then DIRECTORY/native [file]: no runtime is needed

using System.Runtime.CompilerServices;
using System.Xml;
using Sluice;

const string Usage = "usage: native [file], where - is standard input";
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
    return EventLoop.Run(async () =>
    {
        var directions = (args is ["-"] ? Utf8Xml.Read(Console.OpenStandardInput()) : Utf8Xml.Read(args.FirstOrDefault() ?? Feed())).Through<string>(Directions);
        var counts = directions.ForEachKey<string, string, (string Direction, int Buses)>(direction => direction, CountThem);
        foreach (var (direction, buses) in (await counts.To(Sink.ToList<(string Direction, int Buses)>()).RunAsync()).OrderBy(count => count.Direction))
        {
            Console.WriteLine($"{direction} {buses}");
        }

        return 0;
    });
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException)
{
    Console.Error.WriteLine($"native: {error.Message}");
    return 1;
}

static async Coroutine Directions(Inbox<XmlEvent> events, Target<string> next)
{
    await foreach (var e in events)
    {
        if (e is { Kind: XmlEventKind.Start, Name: "direction" } && await events.ReceiveAsync() is { Kind: XmlEventKind.Text } text)
        {
            await next.SendAsync(text.Text);
        }
    }
}

static async Coroutine CountThem(string direction, Inbox<string> items, Target<(string, int)> next)
{
    var count = 0;
    await foreach (var _ in items)
    {
        count++;
    }

    await next.SendAsync((direction, count));
}

static string Feed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");
