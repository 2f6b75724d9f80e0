using System.Globalization;

namespace Sluice.Bench;

/// <summary>Session windows of which few or many are open at once. There are as many sessions in both cases, of two items each, so that only
/// the number of open ones differs.</summary>
internal static class WindowsScenario
{
    private const int Items = 2_000_000;
    private const int Few = 1_000;
    private const int Many = 1_000_000;
    private const int SecondsApart = 10;

    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(SecondsApart / 2);

    internal static void Run(Harness harness)
    {
        var (few, many) = (Visits(Few), Visits(Many));
        Harness.Table("windows", string.Create(CultureInfo.InvariantCulture, $"{Items:#,0} items in sessions of two, in random order within {Many:#,0} open sessions (ours) or {Few:#,0} (peer); the start and the end of the sessions included."));
        harness.Compare(
            "SessionWindow, many open",
            Side.Whole(Items, count => OfAll(many, count, Many), tries: 1),
            "SessionWindow, few open",
            Side.Whole(Items, count => OfAll(few, count, Few), tries: 1),
            limit: 3);
        harness.Compare(
            "ForEachKey of SessionWindow, many open",
            Side.Whole(Items, count => OfKeys(many, count, Many), tries: 1),
            "ForEachKey of SessionWindow, few open",
            Side.Whole(Items, count => OfKeys(few, count, Few), tries: 1),
            limit: 3);
    }

    private static long OfAll(Visit[] visits, int count, int open) => Source.From(new ArraySegment<Visit>(visits, 0, count))
        .SessionWindow(TimeOf(open), s_gap)
        .Select(static session => (long)session.Items.Count)
        .To<long>(Stages.Sum)
        .RunAsync().Result;

    private static long OfKeys(Visit[] visits, int count, int open) => Source.From(new ArraySegment<Visit>(visits, 0, count))
        .ForEachKey(static visit => visit.Session, Stage.SessionWindow(TimeOf(open), s_gap), static (_, session) => (long)session.Items.Count)
        .To<long>(Stages.Sum)
        .RunAsync().Result;

    private static EventTime<Visit> TimeOf(int open) =>
        new(static visit => DateTimeOffset.UnixEpoch.AddSeconds(visit.Second)) { AllowedLateness = TimeSpan.FromSeconds((double)SecondsApart * open), Scope = WatermarkScope.AllKeys };

    /// <summary>Block after block of sessions: the first items of all in a block, then the second ones.</summary>
    private static Visit[] Visits(int open)
    {
        var (visits, order, random) = (new Visit[Items], new int[open], new Random(1));
        for (var at = 0; at < Items; at += open)
        {
            for (var i = 0; i < open; i++)
            {
                order[i] = i;
            }

            random.Shuffle(order);
            for (var i = 0; i < open; i++)
            {
                var session = (at / (2 * open) * open) + order[i];
                visits[at + i] = new(session, ((long)SecondsApart * session) + (at / open % 2));
            }
        }

        return visits;
    }

    private readonly record struct Visit(int Session, long Second);
}
