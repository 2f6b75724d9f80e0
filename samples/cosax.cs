#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// The events of an XML document, sent to a coroutine. It keeps where it is in the document in a local variable,
// which a handler that is called again for each event could not.
//   dotnet run samples/cosax.cs -- [file]

using System.Runtime.CompilerServices;
using System.Xml;
using Sluice;

const string Usage = "usage: cosax [file], where - is standard input";
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
    await (args is ["-"] ? XmlEvents.Read(Console.OpenStandardInput()) : XmlEvents.Read(args.FirstOrDefault() ?? Feed())).To(PrintPaths).RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException)
{
    Console.Error.WriteLine($"cosax: {error.Message}");
    return 1;
}

static async Coroutine PrintPaths(Inbox<XmlEvent> events)
{
    var path = new Stack<string>();
    await foreach (var e in events)
    {
        switch (e.Kind)
        {
            case XmlEventKind.Start:
                path.Push(e.Name);
                break;
            case XmlEventKind.End:
                path.Pop();
                break;
            default:
                Console.WriteLine($"{string.Join('/', path.Reverse())} = {e.Text}");
                break;
        }
    }
}

static string Feed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");
