// Actors that count by key and store each count, for bench/Scenarios: a program of its own, because these libraries bring much with them.
//   DurablePeers akka FILE | DurablePeers orleans CONNECTION
// Reads a number of events from standard input, counts them, and writes how many nanoseconds that took and how many were stored.

using System.Diagnostics;
using System.Globalization;
using Sluice.Bench;

const int Keys = 100_000;
const int AtOnce = 64;

await using var peer = args switch
{
    ["akka", var path] => AkkaCounts.Start(path),
    ["orleans", var connectionString] => (ICounts)await OrleansCounts.StartAsync(connectionString),
    _ => throw new ArgumentException("Give akka FILE or orleans CONNECTION."),
};
var random = new Random(1);
while (Console.ReadLine() is { } line)
{
    var keys = Enumerable.Range(0, int.Parse(line, CultureInfo.InvariantCulture)).Select(_ => random.Next(Keys)).ToArray();
    var (next, stored) = (-1, 0L);
    var since = Stopwatch.GetTimestamp();
    await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
    {
        while (Interlocked.Increment(ref next) is var at && at < keys.Length)
        {
            if (await peer.CountAsync(keys[at]) > 0)
            {
                Interlocked.Increment(ref stored);
            }
        }
    })));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(since).TotalNanoseconds:0} {stored}"));
}
