#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// A pipe of three coroutines: a source, a filter, a printer.
//   dotnet run samples/copipe.cs -- [file] [pattern] [--follow]

using System.Runtime.CompilerServices;
using Sluice;

var follow = args.Contains("--follow");
string[] words = [.. args.Where(word => word != "--follow")];
const string Usage = "usage: copipe [file] [pattern] [--follow], where - is standard input";
if (args is ["--help"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (words.Length > 2 || words is [['-', _, ..], ..])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var file = words.ElementAtOrDefault(0) ?? Log();
var pattern = words.ElementAtOrDefault(1) ?? "python";
try
{
    var pipe = (file == "-" ? Source.StandardInput() : Source.Lines(file, follow))
        .Through<string>((lines, next) => Grep(lines, next, pattern))
        .To(Print);
    await pipe.RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"copipe: {error.Message}");
    return 1;
}

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
    await foreach (var line in lines)
    {
        Console.WriteLine(line);
    }
}

static string Log([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "data", "access-log");
