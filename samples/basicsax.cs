#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// The events of an XML document, given to a handler one by one.
//   dotnet run samples/basicsax.cs -- [file]

using System.Runtime.CompilerServices;
using System.Xml;
using Sluice;

const string Usage = "usage: basicsax [file], where - is standard input";
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
    await (args is ["-"] ? XmlEvents.Read(Console.OpenStandardInput()) : XmlEvents.Read(args.FirstOrDefault() ?? Feed())).To(Sink.ForEach<XmlEvent>(Handle)).RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException)
{
    Console.Error.WriteLine($"basicsax: {error.Message}");
    return 1;
}

static void Handle(XmlEvent e)
{
    switch (e.Kind)
    {
        case XmlEventKind.Start:
            Console.WriteLine($"start {e.Name}");
            break;
        case XmlEventKind.End:
            Console.WriteLine($"end {e.Name}");
            break;
        default:
            Console.WriteLine($"text {e.Text}");
            break;
    }
}

static string Feed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");
