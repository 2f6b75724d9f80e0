#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// Branches that merge: each request of a log goes through three branches side by side, and what they find comes out in one
// stream; then two sources become one. The graph of the pipeline is printed first, as Mermaid.
//   dotnet run samples/branch-merge.cs -- [file]

using System.Runtime.CompilerServices;
using Sluice;

const string Usage = "usage: branch-merge [file], where - is standard input";
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
    var requests = args is ["-"] ? Source.StandardInput() : Source.Lines(args.FirstOrDefault() ?? Log());
    var findings = requests.Broadcast(
        Stage.Where<string>(line => line.Contains("\" 404 ", StringComparison.Ordinal)).Named("missing")
            | Stage.Select<string, string>(line => $"missing: {Path(line)}"),
        Stage.Where<string>(line => line.Contains("POST ", StringComparison.Ordinal)).Named("posts")
            | Stage.Select<string, string>(line => $"post:    {Path(line)}"),
        Stage.Create<string, string>(Totals));

    var report = Source.From(["what  where"]).Named("heading").Concat(findings).To(Sink.WriteLines());
    Console.Write(report.Graph.ToMermaid());
    await report.RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"branch-merge: {error.Message}");
    return 1;
}

static async Coroutine Totals(Inbox<string> lines, Target<string> next)
{
    var count = 0;
    await foreach (var line in lines)
    {
        count++;
    }

    await next.SendAsync($"total:   {count} requests");
}

static string Path(string line) => line.Split(' ').ElementAtOrDefault(6) ?? "?";

static string Log([CallerFilePath] string thisFile = "") => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(thisFile)!, "data", "access-log");
