#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// One source, three filters, and one printer that all three share: it ends when the last of them has.
//   dotnet run samples/cobroadcast.cs -- [file]

using System.Runtime.CompilerServices;
using Sluice;

const string Usage = "usage: cobroadcast [file], where - is standard input";
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
    var printer = Sink.Create<string>(Print);
    var lines = args is ["-"] ? Source.StandardInput() : Source.Lines(args.FirstOrDefault() ?? Log());
    var pipe = lines.Broadcast(
        Containing("python") | printer,
        Containing("ply") | printer,
        Containing("swig") | printer);
    await pipe.RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"cobroadcast: {error.Message}");
    return 1;
}

static Stage<string, string> Containing(string pattern) => Stage.Create<string, string>((lines, next) => Grep(lines, next, pattern));

static async Coroutine Grep(Inbox<string> lines, Target<string> next, string pattern)
{
    await foreach (var line in lines)
    {
        if (line.Contains(pattern, StringComparison.Ordinal))
        {
            await next.SendAsync(line);
        }
    }
}

static async Coroutine Print(Inbox<string> lines)
{
    var count = 0;
    await foreach (var line in lines)
    {
        Console.WriteLine(line);
        count++;
    }

    Console.WriteLine($"{count} lines from three filters");
}

static string Log([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "access-log");
