#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:project shared/Shared.csproj
#:property PublishAot=false

// The buses of a route and direction, with the filters on a worker that is reached over TCP. Both sides know a secret, which is
// never sent. Without --worker this program starts itself again with the argument 'listen', as the worker.
//   dotnet run samples/conetwork.cs -- [file] [--worker HOST:PORT] [--verbose]
// A worker of your own on this host (on another one it takes certificates too, see docs/environments.md) needs what 'dotnet build samples/conetwork.cs' makes, and BUS_SECRET set on both sides:
//   Sluice.Worker listen --app PATH/conetwork.dll --secret-variable BUS_SECRET

using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Xml;
using Samples;
using Sluice;

const string Variable = "BUS_SECRET"; // not an argument, which every user of the host could read
var isVerbose = args.Contains("--verbose");
var worker = args.SkipWhile(arg => arg != "--worker").Skip(1).FirstOrDefault();
string[] files = [.. args.Where(arg => arg != "--verbose" && arg != "--worker" && arg != worker)];
if (files.Length > 1 || files is [['-', '-', ..]] || (worker is null && args.Contains("--worker")))
{
    Console.Error.WriteLine("usage: conetwork [file] [--worker HOST:PORT] [--verbose]");
    return 2;
}

var secret = Environment.GetEnvironmentVariable(Variable) ?? Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
if (files is ["listen"])
{
    var listening = new WorkerListenerOptions { Security = new() { Secret = secret } };
    await using var listener = WorkerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), listening); // hosts this application
    Console.WriteLine(listener.LocalEndPoint);
    await Console.In.ReadToEndAsync(); // ends with whoever started it
    return 0;
}

using var child = worker is null ? StartWorker() : null;
try
{
    worker ??= child!.StandardOutput.ReadLine() ?? throw new IOException("The worker did not start.");
    var colon = worker.LastIndexOf(':');
    var address = new DnsEndPoint(worker[..colon], int.Parse(worker[(colon + 1)..]));
    Tell(isVerbose, "reads the feed");
    await XmlEvents.Read(files.FirstOrDefault() ?? Feed())
        .Through<Bus>(BusStages.ToBuses)
        .On(Env.Tcp(address, new() { Security = new() { Secret = secret } })) // what follows is sent there as a value
        .Where(bus => bus.Route == "22")
        .Where(bus => bus.Direction == "North Bound")
        .Tap(bus => Tell(isVerbose, $"lets bus {bus.Id} pass"))
        .On(Env.Caller)
        .Select(bus => bus.ToString())
        .To(Sink.WriteLines())
        .RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or InvalidOperationException or UnauthorizedAccessException or XmlException)
{
    Console.Error.WriteLine($"conetwork: {error.Message}");
    return 1;
}
finally
{
    child?.StandardInput.Close();
    child?.WaitForExit();
}

Process StartWorker() => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["listen"])
{
    RedirectStandardInput = true,
    RedirectStandardOutput = true,
    Environment = { [Variable] = secret },
})!;

static void Tell(bool isVerbose, string what)
{
    if (isVerbose)
    {
        Console.Error.WriteLine($"process {Environment.ProcessId} {what}");
    }
}

static string Feed([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "buses.xml");
