namespace Sluice.Bench;

/// <summary>Looking for a text in a million lines.</summary>
internal static class GrepScenario
{
    private const int Lines = 1_000_000;

    internal static void Run(Harness harness)
    {
        var log = new AccessLog(Lines);
        Harness.Table("grep", $"A million lines of a web server's log, on average {log.First(Lines).Average(static line => line.Length):0} characters; {log.MatchesInFirst(Lines) * 100.0 / Lines:0.0}% match. Costs are for a line.");

        var handlers = Side.Whole(Lines, count => ByHandlers(log.First(count)), log.MatchesInFirst);
        harness.Compare(
            "coroutine, sent to by hand", Side.Whole(Lines, count => ByHand(log.First(count)).Result, log.MatchesInFirst),
            "handler objects", handlers,
            limit: 2.2);
        harness.Compare(
            "pipeline: array, coroutine, counting coroutine", Side.Whole(Lines, count => ByPipeline(log.First(count)), log.MatchesInFirst),
            "handler objects", handlers,
            limit: 1.6);
    }

    private static async Task<long> ByHand(string[] lines)
    {
        var found = new CountTarget<string>();
        var grep = Target.Start<string>(inbox => Stages.Grep(inbox, found, AccessLog.Pattern));
        foreach (var line in lines)
        {
            await grep.SendAsync(line);
        }

        await grep.CloseAsync();
        return found.Count;
    }

    private static long ByPipeline(string[] lines)
    {
        var grep = Stage.Create<string, string>(static (inbox, next) => Stages.Grep(inbox, next, AccessLog.Pattern));
        return (Source.From(lines) | grep | Sink.Create<string, long>(Stages.Count)).RunAsync().Result;
    }

    private static long ByHandlers(string[] lines)
    {
        var found = new CountHandler<string>();
        Handler<string> grep = new GrepHandler(found, AccessLog.Pattern);
        foreach (var line in lines)
        {
            grep.Send(line);
        }

        return found.Count;
    }
}
