#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// The most frequent words of a text: lines become words, which are counted by key.
//   dotnet run samples/wordcount.cs -- [file] [how many]
// The same with other tools: tr -cs '[:alpha:]' '\n' < FILE | tr A-Z a-z | sort | uniq -c | sort -k1,1nr -k2 | head

using System.Runtime.CompilerServices;
using Sluice;

const string Usage = "usage: wordcount [file] [how many], where - is standard input";
if (args is ["--help"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (args.Length > 2 || args is [['-', _, ..], ..] || (args.Length == 2 && !(int.TryParse(args[1], out var most) && most > 0)))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var file = args.ElementAtOrDefault(0) ?? License();
var top = args.Length == 2 ? int.Parse(args[1], null) : 10;
try
{
    var counts = await (file == "-" ? Source.StandardInput() : Source.Lines(file))
        .Through<string>(Words)
        .To(Sink.CountBy<string, string>(word => word, StringComparer.Ordinal))
        .RunAsync();

    foreach (var (word, count) in counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(top))
    {
        Console.WriteLine($"{count,7} {word}");
    }

    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"wordcount: {error.Message}");
    return 1;
}

static async Coroutine Words(Inbox<string> lines, Target<string> next)
{
    await foreach (var line in lines)
    {
        var start = 0;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && char.IsAsciiLetter(line[i]))
            {
                continue;
            }

            if (i > start)
            {
                await next.SendAsync(line[start..i].ToLowerInvariant());
            }

            start = i + 1;
        }
    }
}

static string License([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "LICENSE");
